import { describe, expect, it } from 'vitest';
import { csvText } from '../../dist/kit/csv.js';
import { parseCpuList, twoCores } from '../../dist/kit/placement.js';
import { quantile } from '../../dist/kit/statistics.js';
import { toCsv } from '../../dist/latency/csv.js';
import { drawHistogram, drawScale, histogramOf, spanOf } from '../../dist/latency/histogram.js';
import { latencyPlotSpec } from '../../dist/latency/plot.js';
import { type TripRow, tripsOf } from '../../dist/latency/result.js';
import { formatTrips } from '../../dist/latency/tables.js';

describe('quantile', () => {
  it('is the sample that so many are not above', () => {
    const sorted = Float64Array.from({ length: 1000 }, (_, index) => index + 1);
    expect([0.5, 0.99, 0.999, 1].map((share) => quantile(sorted, share))).toEqual([
      500, 990, 999, 1000,
    ]);
    expect(quantile(Float64Array.of(7), 0.999)).toBe(7);
  });

  it('does not depend on the order of the samples', () => {
    const samples = Float64Array.from({ length: 1000 }, (_, index) => 1 + ((index * 7) % 1000));
    expect(tripsOf(samples, 1)).toMatchObject({ p50Us: 500, p99Us: 990, p999Us: 999 });
  });
});

describe('histogramOf', () => {
  const samples = Float64Array.from([1, 1.1, 9.9, 10, 10.1, 1000]);
  const histogram = histogramOf(samples);

  it('has ten buckets to a power of ten, and leaves empty ones out', () => {
    expect(histogram.map(({ count }) => count)).toEqual([2, 1, 2, 1]);
    expect(histogram.map(({ fromUs }) => Number(fromUs.toFixed(3)))).toEqual([1, 7.943, 10, 1000]);
    for (const { fromUs, toUs } of histogram) expect(toUs / fromUs).toBeCloseTo(10 ** 0.1, 9);
  });

  it('is drawn on a scale that all rows share, where a single sample shows', () => {
    const span = spanOf([histogram, histogramOf(Float64Array.of(0.5))]);
    const drawn = drawHistogram(histogram, span);
    expect(drawn).toBe(`${' '.repeat(4)}█${' '.repeat(8)}▄█${' '.repeat(19)}▄`);
    const many = new Float64Array(1000).fill(1);
    many[999] = 10;
    const one = histogramOf(many);
    expect(drawHistogram(one, spanOf([one]))).toBe(`█${' '.repeat(9)}▁`);
    expect(drawScale(span)).toBe('    |1        |10       |100      |1 ms');
  });
});

describe('placement', () => {
  it('reads the lists of CPUs that the kernel writes', () => {
    expect(parseCpuList('0-2,5,7-8\n')).toEqual([0, 1, 2, 5, 7, 8]);
    expect(parseCpuList('')).toEqual([]);
  });

  it('takes two CPUs that are not threads of one core', () => {
    const siblings = (cpu: number) => (cpu < 2 ? [0, 1] : [2, 3]);
    expect(twoCores([0, 1, 2, 3], siblings)).toEqual([0, 2]);
    expect(twoCores([1, 3], siblings)).toEqual([1, 3]);
    expect(twoCores([0, 1], siblings)).toBeUndefined();
    expect(twoCores([], siblings)).toBeUndefined();
  });
});

const row = (given: Partial<TripRow> = {}): TripRow => ({
  transport: 'pool',
  calls: 'async',
  spinMicroseconds: 0,
  placement: 'two-cores',
  sizeBytes: 100,
  cpus: [0, 1],
  roundTrips: 4,
  p50Us: 12.345,
  p90Us: 13.5,
  p99Us: 100.4,
  p999Us: 1000,
  maxUs: 5000,
  cpuUsPerRoundTrip: 9.876,
  histogram: histogramOf(Float64Array.of(12, 12, 12, 5000)),
  ...given,
});

describe('the report of round trips', () => {
  const rows = [
    row({ placement: 'same-core', cpus: [0, 0] }),
    row(),
    row({ transport: 'ring', calls: 'sync', spinMicroseconds: 50 }),
    row({ placement: 'kept-awake' }),
  ];
  const text = formatTrips(rows);

  it('says where the processes ran', () => {
    expect(text).toContain('Placement: same core (0).');
    expect(text).toContain('Placement: two cores (0, 1), each sleeps when there is nothing to do.');
    expect(text).toContain('Placement: two cores (0, 1), kept awake: they never sleep.');
  });

  it('has percentiles, CPU and a histogram in one line', () => {
    expect(text).toMatch(/^ring +sync +50 +12\.3 +13\.5 +100 +1000 +5000 +9\.88 +█ {25}▃$/m);
  });

  it('goes to CSV with the units in its names', () => {
    const [head, first] = csvText(toCsv(rows)).split('\n');
    expect(head).toBe(
      'transport,calls,spin_us,placement,cpus,size_bytes,round_trips,p50_us,p90_us,p99_us,p999_us,max_us,cpu_us_per_round_trip',
    );
    expect(first).toBe('pool,async,0,same-core,0 0,100,4,12.345,13.5,100.4,1000,5000,9.876');
  });

  it('is drawn with a chart for each placement', () => {
    const spec = JSON.stringify(latencyPlotSpec(rows));
    const titles = ['Same core', 'Two cores', 'Two cores, kept awake'];
    for (const title of titles) expect(spec).toContain(`"title":"${title}"`);
    expect(spec).toContain('"way":"sync, spinning"');
  });
});
