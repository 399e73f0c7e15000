import { describe, expect, it } from 'vitest';
import { specToSvg } from '../../dist/kit/plots/draw.js';
import { readRecorded } from '../../dist/recorded.js';
import { isTrend, trendFromCsv } from '../../dist/trend/csv.js';
import { seriesOf } from '../../dist/trend/plot.js';

const header = 'at,commit,package,measurement,quantity,median,low,high';
const line = (commit: string, quantity: string, median: number) =>
  `2026-11-21T22:00:00.000Z,${commit},@arena/transport-pool,"acquire, commit",${quantity},${median},${median - 1},${median + 1}`;

const history = [
  header,
  line('aaaaaaa', 'cpu', 3500),
  line('aaaaaaa', 'calls', 2),
  line('aaaaaaa', 'heap', 980),
  line('bbbbbbb', 'cpu', 3600),
  line('bbbbbbb', 'calls', 3),
  line('bbbbbbb', 'heap', 980),
].join('\r\n');

describe('a history of the performance checks', () => {
  it('is told from other results by its columns', () => {
    expect(isTrend(history)).toBe(true);
    expect(isTrend('size_mb,kind,transport\n')).toBe(false);
  });

  it('has one series for each quantity, without counts that never changed', () => {
    const series = seriesOf(trendFromCsv(history));
    expect(series.map(({ quantity }) => quantity)).toEqual(['cpu', 'calls']);
    expect(series[0]?.title).toBe('transport-pool: acquire, commit');
  });

  it('is drawn with its commits and a unit that fits', async () => {
    const svg = await specToSvg(readRecorded(history).plot({}));
    for (const text of ['aaaaaaa', 'bbbbbbb', 'CPU time (us)', 'system calls']) {
      expect(svg).toContain(text);
    }
  });

  it('names the line of a number that is none', () => {
    expect(() => trendFromCsv([header, line('aaaaaaa', 'cpu', Number.NaN)].join('\n'))).toThrow(
      'line 2: median is "NaN", not a number',
    );
  });

  it('says that it is empty', () => {
    expect(() => trendFromCsv(`${header}\n`)).toThrow('it has no rows');
  });
});
