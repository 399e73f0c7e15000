import { describe, expect, it } from 'vitest';
import { toCsv } from '../../dist/fanout/csv.js';
import { fanoutPlotSpec } from '../../dist/fanout/plot.js';
import { problemsOf, resultOf } from '../../dist/fanout/result.js';
import { formatFanout } from '../../dist/fanout/table.js';
import { intervalsOf, timelineOf } from '../../dist/fanout/timeline.js';
import { csvText } from '../../dist/kit/csv.js';
import { thisHost } from '../../dist/kit/host.js';
import { specToSvg } from '../../dist/kit/plots/draw.js';
import { member, run } from './runs.js';

const host = { ...thisHost(), cpu: 'some CPU', cores: 2 };
const resultFor = (one = run(), locked = undefined as ReturnType<typeof run> | undefined) =>
  resultOf({ host, run: one, locked });

describe('resultOf', () => {
  it('sums up rates over what each process took', () => {
    expect(resultFor()).toMatchObject({
      writesPerSecond: 100,
      targetWritesPerSecond: 100,
      mbPerSecondIn: 100,
      mbPerSecondOut: 150, // 100 of the first reader, 200 records in 4 s of the second
      lockedMbPerSecondOut: null,
      writers: [{ pid: 100, written: 200, waits: 4, full: 0, cpuSeconds: 0.4 }],
      readers: [
        { pid: 200, read: 200, lost: 0, maxLag: 2, cpuSeconds: 0.2 },
        { pid: 201, read: 200, lost: 0, maxLag: 10, cpuSeconds: 0.4 },
      ],
      verified: 'full',
    });
  });

  it('has the keys of the contract, in its order', () => {
    expect(Object.keys(resultFor())).toEqual([
      ...['host', 'config', 'writesPerSecond', 'targetWritesPerSecond', 'mbPerSecondIn'],
      ...['mbPerSecondOut', 'lockedMbPerSecondOut', 'writers', 'readers', 'verified'],
    ]);
  });

  it('names the kind of verification, and its failure', () => {
    expect(resultFor(run({ verifyWrites: false })).verified).toBe('sequence');
    const short = { ...run(), readers: [member('reader', 0, [{ atMs: 2000, records: 199 }])] };
    expect(resultFor(short).verified).toBe(false);
    expect(problemsOf(short)[0]).toBe(
      'reader 200: read 199 and was told of 0 lost, 200 were written',
    );
  });

  it('verifies the ring with a lock as well', () => {
    const short = { ...run(), readers: [member('reader', 0, [{ atMs: 2000, records: 100 }])] };
    const result = resultFor(run(), short);
    expect(result.lockedMbPerSecondOut).toBe(50);
    expect(result.verified).toBe(false);
  });
});

describe('timelineOf', () => {
  it('lasts until the last reader has read what was left', () => {
    const rows = timelineOf(run(), 4);
    expect(rows.map(({ seconds, role, index }) => [seconds, role, index]).slice(-3)).toEqual([
      [4, 'writer', 0],
      [4, 'reader', 0],
      [4, 'reader', 1],
    ]);
    expect(rows.at(-1)).toMatchObject({ recordsPerSecond: 50, mbPerSecond: 50, waits: 0 });
    expect(rows.at(-3)).toMatchObject({ recordsPerSecond: 0, cpu: 0 });
  });

  it('adds up to the totals, whatever the intervals', () => {
    for (const intervals of [1, 3, 7, 40]) {
      const rows = timelineOf(run(), intervals);
      const total = rows.reduce((sum, row) => sum + row.recordsPerSecond * (4 / intervals), 0);
      expect(total).toBeCloseTo(600, 6);
    }
  });

  it('shows the most lag of each interval, also where it is shorter than between samples', () => {
    const lags = timelineOf(run(), 8)
      .filter(({ role, index }) => role === 'reader' && index === 1)
      .map(({ lag }) => lag);
    expect(lags).toEqual([10, 10, 9, 9, 4, 4, 4, 4]);
  });

  it('has fewer intervals where there are few writes', () => {
    expect(intervalsOf(run({ writesPerSecond: 0 }))).toBe(40);
    expect(intervalsOf(run({ writesPerSecond: 24, durationSeconds: 10 }))).toBe(24);
    expect(intervalsOf(run({ writesPerSecond: 1, durationSeconds: 10 }))).toBe(8);
  });
});

describe('formatFanout', () => {
  it('prints over time, by process and in sum', () => {
    const text = formatFanout(run(), resultFor());
    expect(text).toMatch(/^seconds +writes\/s +MB\/s in +MB\/s out +most lag +waits +full +lost/);
    expect(text).toMatch(/^ +100 +200 +4 +0 +0\.40$/m);
    expect(text).toMatch(/^ +201 +200 +0 +10 +0\.40$/m);
    expect(text).toContain('writes/s: 100 (target 100, 100.0 % of it)');
    expect(text).toContain('MB/s: 100 in, 150 out over 2 readers (MB = 10^6 bytes)');
    expect(text.endsWith('every record verified: sequence, order and checksum')).toBe(true);
  });

  it('lists the slowest of many readers', () => {
    const many = {
      ...run({ readers: 30 }),
      readers: Array.from({ length: 30 }, (_, index) =>
        member('reader', index, [{ atMs: 2000, records: 200, lag: index }]),
      ),
    };
    const text = formatFanout(many, resultFor(many));
    expect(text).toMatch(/^ +229 +200 +0 +29 /m);
    expect(text).not.toMatch(/^ +210 +200/m);
    expect(text).toContain('and 22 more, which lost no more and were no further behind');
  });

  it('compares with the ring with a lock', () => {
    const text = formatFanout(run(), resultFor(run(), run({ slotBytes: 1_000_000 })));
    expect(text).toContain('a ring with a lock: 150 MB/s out; this is 1.00 times as much');
  });
});

describe('timelineToCsv', () => {
  it('has a line for each process and interval', () => {
    const lines = csvText(toCsv(timelineOf(run(), 4)))
      .trimEnd()
      .split('\n');
    expect(lines[0]).toBe('seconds,role,index,pid,records_per_s,mb_per_s,lag,waits,full,lost,cpu');
    expect(lines).toHaveLength(1 + 4 * 3);
    expect(lines[1]).toBe('1,writer,0,100,100,100,0,3,0,0,0.2');
  });
});

describe('fanoutPlotSpec', () => {
  const drawn = (one = run()) => specToSvg(fanoutPlotSpec(timelineOf(one, 8), resultFor(one)));

  it('draws rates, bytes, lag and CPU over one time', async () => {
    const svg = await drawn();
    for (const text of [
      'writes/s',
      'MB/s',
      'records behind',
      'CPU (cores)',
      'target',
      'each reader',
    ])
      expect(svg).toContain(`>${text}<`);
    expect(svg).toContain('1 writer, 2 readers: ring of 10 × 1 MB');
    expect(svg).toContain(
      '100.0 of 100 writes/s; 100 MB/s in, 150 MB/s out; 4 waits, 0 given up, 0 lost',
    );
    expect(svg).toContain('writer waits');
    expect(svg).not.toContain('records lost');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has a line for the lag of each reader, and for the CPU of each process', async () => {
    const svg = await drawn();
    expect([...svg.matchAll(/line mark"[^>]*stroke-width="1\.2"/g)]).toHaveLength(2 + 3);
    expect(svg).toContain('>all readers<');
  });

  it('says what it compares with', async () => {
    const locked = resultFor(run(), run());
    const svg = await specToSvg(fanoutPlotSpec(timelineOf(run(), 8), locked));
    expect(svg).toContain('a ring with a lock: 150 MB/s out');
  });

  it('has axes where nothing ever happened', async () => {
    const idle = {
      ...run({ writesPerSecond: 0 }),
      writers: [member('writer', 0, [{ atMs: 2000 }])],
      readers: [member('reader', 0, [{ atMs: 2000 }])],
    };
    const svg = await drawn(idle);
    expect(svg).toContain('as fast as it goes');
    expect(svg).not.toContain('>target<');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
