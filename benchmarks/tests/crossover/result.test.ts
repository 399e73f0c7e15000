import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../dist/crossover/config.js';
import { crossoverPlotSpec } from '../../dist/crossover/plot.js';
import {
  compare,
  crossingsByMetric,
  recommendThreshold,
  rowsOf,
  type Sample,
} from '../../dist/crossover/result.js';
import { samplesFromJson, samplesIn, toCsv } from '../../dist/crossover/sample-files.js';
import { formatComparisons, formatRows } from '../../dist/crossover/tables.js';
import { csvText } from '../../dist/kit/csv.js';
import { writeDrawing } from '../../dist/kit/plots/draw.js';

const sample = (given: Partial<Sample>): Sample => ({
  metric: 'throughput',
  transport: 'pool',
  copy: true,
  sizeBytes: 100,
  perSecond: 1000,
  cpuUsPerMessage: 2,
  ...given,
});

/** A pool that copies faster up to 10 kB and leases faster from 100 kB on, twice each. */
const poolSamples = [1000, 10_000, 100_000].flatMap((sizeBytes, index) =>
  [0, 1].flatMap((run) => [
    sample({ sizeBytes, perSecond: 1000 + run }),
    sample({ sizeBytes, copy: false, perSecond: [400, 800, 1600][index] ?? 0 }),
  ]),
);

const trip = sample({
  metric: 'latency',
  perSecond: 50_000,
  p50Us: 20,
  p99Us: 40,
  p999Us: 90,
});

describe('rowsOf', () => {
  it('is the mean over the runs, with the fields that the metric has and no others', () => {
    const runs = [sample({ perSecond: 1000 }), sample({ perSecond: 3000, cpuUsPerMessage: 4 })];
    expect(rowsOf([...runs, trip])).toEqual([
      {
        metric: 'throughput',
        transport: 'pool',
        copy: true,
        sizeBytes: 100,
        messagesPerSecond: 2000,
        mbPerSecond: 0.2,
        cpuUsPerMessage: 3,
        runs: 2,
      },
      {
        metric: 'latency',
        transport: 'pool',
        copy: true,
        sizeBytes: 100,
        p50Us: 20,
        p99Us: 40,
        cpuUsPerMessage: 2,
        runs: 1,
      },
    ]);
  });
});

describe('compare', () => {
  it('sets every transport without copies against the copies of its arena', () => {
    const inPlace = poolSamples
      .filter(({ copy }) => !copy)
      .map((one) => ({ ...one, transport: 'pool-in-place', perSecond: 2 * one.perSecond }));
    const peers = [sample({ transport: 'zeromq' }), sample({ transport: 'no-arena' })];
    const comparisons = compare([...poolSamples, ...inPlace, ...peers]);
    expect(comparisons.map(({ metric, transport }) => `${metric} ${transport}`)).toEqual([
      'throughput pool',
      'throughput pool-in-place',
    ]);
    expect(comparisons.map(({ crossing }) => crossing.between)).toEqual([
      [10_000, 100_000],
      [1000, 10_000],
    ]);
    expect(Object.keys(crossingsByMetric(comparisons).throughput ?? {})).toEqual([
      'pool',
      'pool-in-place',
    ]);
  });

  it('takes the median of round trips, of which a shorter one is better', () => {
    const trips = [
      { ...trip, p50Us: 20 },
      { ...trip, copy: false, p50Us: 40, perSecond: 1e9 },
    ];
    const [comparison] = compare(trips);
    expect(comparison?.speedUps).toEqual([{ sizeBytes: 100, ratio: 0.5 }]);
    expect(comparison?.penalty.us).toBeCloseTo(20, 9);
  });
});

describe('recommendThreshold', () => {
  it('is the power of two nearest to where leases of a pool begin to pay', () => {
    expect(recommendThreshold(compare(poolSamples))).toBe(16_384);
  });

  it('does not exist without a pool, or between sizes that are too far apart', () => {
    const ring = poolSamples.map((one) => ({ ...one, transport: 'ring' }));
    expect(recommendThreshold(compare(ring))).toBeNull();
    const apart = poolSamples.filter(({ sizeBytes }) => sizeBytes !== 10_000);
    expect(recommendThreshold(compare(apart))).toBeNull();
  });
});

describe('the report', () => {
  const samples = [...poolSamples, trip];
  const text = `${formatRows(rowsOf(samples), samples, { tripCpus: [0, 1], width: 120 })}\n${formatComparisons(compare(samples), 16_384)}`;

  it('has a table for each metric, with the placement of latencies', () => {
    expect(text).toMatch(/^ +size {2}transport +msgs\/s +MB\/s +us\/msg +CPU us\/msg$/m);
    expect(text).toMatch(/^ +1 kB {2}pool, copied +1001 /m);
    expect(text).toContain('Placement: two cores (0, 1)');
    expect(text).toMatch(/^100 B {2}pool, copied +20\.0 +40\.0 +90\.0 +2$/m);
  });

  it('says where it crosses, between which sizes, what it costs small ones, and the threshold', () => {
    expect(text).toMatch(
      /throughput, pool, leased: crosses at \d+ kB \(95 %: \d+ kB to \d+ kB; between 10 kB and 100 kB\)/,
    );
    expect(text).toMatch(
      /zero-copy is 2\.5x slower at 1 kB, 1\.6x as fast at 100 kB; at 1 kB it costs 1500\.\d+ us/,
    );
    expect(text).toContain('Recommended copyThreshold on this machine: 16384 (16 KiB).');
  });
});

describe('files of samples', () => {
  it('come back from CSV as they were, every run of them', () => {
    const csv = csvText(toCsv([...poolSamples, trip]));
    expect(csv.split('\n')[0]).toBe(
      'metric,transport,copy,size_bytes,run,msgs_per_s,mb_per_s,p50_us,p99_us,p999_us,cpu_us_per_msg',
    );
    expect(samplesIn(csv)).toEqual([...poolSamples, trip]);
  });

  it('are found in what --json printed', () => {
    const rows = rowsOf([...poolSamples, trip]);
    const found = samplesIn(JSON.stringify({ host: {}, rows }));
    expect(found).toHaveLength(rows.length);
    expect(found?.at(-1)).toMatchObject({ metric: 'latency', p50Us: 20, perSecond: 50_000 });
  });

  it('are not the CSV of another benchmark', () => {
    expect(samplesIn('size_mb,kind,transport\n')).toBeUndefined();
  });

  it.each([
    ['[]', 'there are no rows in it'],
    ['{"rows": []}', 'there are no rows in it'],
    ['[{"size": 100, "copy": "yes"}]', 'row 1: copy is "yes"'],
    ['[{"size": 100, "copy": true}]', 'row 1: there is neither throughput nor sends'],
    ['[{"size": -1, "copy": true, "sends": 1}]', 'row 1: size is "-1", not a positive number'],
    ['{"rows": [{"metric": "speed", "copy": true}]}', 'row 1: metric is "speed"'],
  ])('name what is wrong with %s', (text, message) => {
    expect(() => samplesFromJson(text)).toThrow(message);
  });

  it('name the line of a CSV that is wrong', () => {
    const csv = csvText(toCsv(poolSamples)).replace(',1000,', ',fast,');
    expect(() => samplesIn(csv)).toThrow(/line \d+: size_bytes is "fast"/);
  });
});

describe('crossoverPlotSpec', () => {
  it('draws speed and speed-up of every metric, with a rule where they cross', async () => {
    const svg = await drawSvgOf([...poolSamples, trip, { ...trip, copy: false }]);
    const titles = ['Throughput', 'Zero-copy throughput (relative)', 'Latency of a round trip'];
    for (const title of titles) expect(svg).toContain(`>${title}<`);
    expect(svg.match(/aria-roledescription="rule mark"/g)?.length).toBeGreaterThanOrEqual(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

async function drawSvgOf(samples: readonly Sample[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'arena-crossover-'));
  try {
    const path = join(folder, 'plot.svg');
    await writeDrawing(crossoverPlotSpec(samples), path);
    return readFileSync(path, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('cellsOf', () => {
  it('puts all of a size next to each other, and pins round trips alone', () => {
    const config = {
      sizes: [100, 200, 100],
      metrics: ['throughput', 'latency'],
      transports: ['pool', 'pool-in-place', 'zeromq'],
      durationSec: 1,
    } as const;
    const cells = cellsOf(config, [0, 1]);
    expect(cells.map(({ sizeBytes }) => sizeBytes)).toEqual([
      ...Array(8).fill(100),
      ...Array(8).fill(200),
    ]);
    expect(cells.slice(0, 4).map(({ transport, copy }) => [transport, copy])).toEqual([
      ['pool', true],
      ['pool', false],
      ['pool-in-place', false],
      ['zeromq', true],
    ]);
    for (const { metric, cpus } of cells)
      expect(cpus).toEqual(metric === 'latency' ? [0, 1] : undefined);
  });
});
