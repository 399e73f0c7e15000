import { describe, expect, it } from 'vitest';
import { csvText } from '../../dist/kit/csv.js';
import { fromCsv, toCsv } from '../../dist/transport/csv.js';
import { row, seedHeader } from './rows.js';

describe('toCsv', () => {
  it('writes the columns that existing plot scripts read, in their order', () => {
    expect(csvText(toCsv([row()]))).toBe(
      `${seedHeader}\n32,bytes,pool,600.5,20149.437,19000.25,21298.624,44.5,512.25,0.51\n`,
    );
  });

  it('loses no digit in writing and reading', () => {
    const exact = row({ sizeMiB: 0.5, itemsPerSecond: 1 / 3, mbPerSecond: 0.1 + 0.2 });
    expect(fromCsv(csvText(toCsv([exact, row()])))).toEqual([
      expect.objectContaining({ sizeMiB: 0.5, itemsPerSecond: 1 / 3, mbPerSecond: 0.1 + 0.2 }),
      expect.objectContaining({ sizeMiB: 32, kind: 'bytes', transport: 'pool', cpuSeconds: 0.51 }),
    ]);
  });
});

describe('fromCsv', () => {
  const line = '32,numpy,ring,95.4,3202,3100,3300,4.95,1009,1.1';

  it('keeps kinds that other programs measure', () => {
    const text = [seedHeader, line, line.replace('numpy', 'packets')].join('\r\n');
    expect(fromCsv(text).map(({ kind }) => kind)).toEqual(['numpy', 'packets']);
  });

  it('takes files without CPU and memory', () => {
    const short = (text: string) => text.split(',').slice(0, 8).join(',');
    const [parsed] = fromCsv(`${short(seedHeader)}\n${short(line)}\n`);
    expect(parsed).toMatchObject({ mbPerSecond: 3202, peakMemoryMB: 0, cpuSeconds: 0 });
  });

  it.each([
    ['', 'there is no row in it'],
    [seedHeader, 'there is no row in it'],
    ['a,b\n1,2', 'line 1: no column size_mb, kind, transport'],
    [`${seedHeader}\n${line.replace('3202', 'fast')}`, 'line 2: mb_per_s is "fast", not a number'],
    [
      `${seedHeader}\n${line.replace('32,', '-1,')}`,
      'line 2: size_mb is -1, which must be positive',
    ],
    [`${seedHeader}\n${line}\n${line.replace('ring', 'mail')}`, 'line 3: transport is "mail"'],
    [`${seedHeader}\n${line.replace('numpy', '')}`, 'line 2: kind is empty'],
    [`${seedHeader}\n${line},1,2`, 'line 2'],
    [`${seedHeader}\n"32,numpy`, 'Quote'],
  ])('names what is wrong with %j', (text, message) => {
    expect(() => fromCsv(text)).toThrow(message);
  });
});
