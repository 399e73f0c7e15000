/** The result of the crossover benchmark. */
import type { Outcome } from '../kit/experiment.js';
import type { Host } from '../kit/host.js';
import { mean } from '../kit/statistics.js';
import { copyingTransportOf, isArena } from '../links/transports.js';
import { type Metric, metrics } from './config.js';
import {
  type Crossing,
  findCrossing,
  type Penalty,
  type Speed,
  type SpeedUp,
  smallPenalty,
  speedUps,
} from './crossing.js';

/** One run of one series at one size. */
export interface Sample {
  readonly metric: Metric;
  readonly transport: string;
  readonly copy: boolean;
  readonly sizeBytes: number;
  /** Messages, sends or round trips a second. */
  readonly perSecond: number;
  readonly p50Us?: number | undefined;
  readonly p99Us?: number | undefined;
  readonly p999Us?: number | undefined;
  readonly cpuUsPerMessage?: number | undefined;
}

/** A series at a size, over its runs. Figures that its metric does not have are absent. */
export interface Row {
  readonly metric: Metric;
  readonly transport: string;
  readonly copy: boolean;
  readonly sizeBytes: number;
  readonly messagesPerSecond?: number;
  readonly mbPerSecond?: number;
  readonly p50Us?: number;
  readonly p99Us?: number;
  readonly cpuUsPerMessage?: number;
  readonly runs: number;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The mean over the runs of every figure that all runs have. */
function means<K extends keyof Sample>(samples: readonly Sample[], keys: readonly K[]) {
  const found: Defined<Record<K, number>> = {};
  for (const key of keys) {
    const values = samples.map((sample) => sample[key]).filter((v) => typeof v === 'number');
    if (values.length === samples.length) found[key] = mean(values as number[]) as never;
  }
  return found;
}

function groups(samples: readonly Sample[]): Sample[][] {
  const found = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { metric, transport, copy, sizeBytes } = sample;
    const key = `${metric} ${transport} ${copy} ${sizeBytes}`;
    found.set(key, [...(found.get(key) ?? []), sample]);
  }
  return [...found.values()];
}

function rowOf(samples: readonly Sample[]): Row | undefined {
  const [first] = samples;
  if (!first) return undefined;
  const { metric, transport, copy, sizeBytes } = first;
  const perSecond = mean(samples.map((sample) => sample.perSecond));
  return {
    metric,
    transport,
    copy,
    sizeBytes,
    ...(metric === 'latency'
      ? means(samples, ['p50Us', 'p99Us'])
      : { messagesPerSecond: perSecond, mbPerSecond: (perSecond * sizeBytes) / 1e6 }),
    ...means(samples, ['cpuUsPerMessage']),
    runs: samples.length,
  };
}

/** A row for every series and size, in the order of their first samples. */
export const rowsOf = (samples: readonly Sample[]): Row[] =>
  groups(samples)
    .map(rowOf)
    .filter((row) => row !== undefined);

/** The mean over the runs; `undefined` where it was not measured. */
export const p999Of = (samples: readonly Sample[], row: Row): number | undefined =>
  means(
    samples.filter((sample) => sample.metric === row.metric && sameSeries(sample, row)),
    ['p999Us'],
  ).p999Us;

const sameSeries = (a: Sample | Row, b: Sample | Row) =>
  a.transport === b.transport && a.copy === b.copy && a.sizeBytes === b.sizeBytes;

/** Zero-copy against copying, of one transport by one metric. */
export interface Comparison {
  readonly metric: Metric;
  readonly transport: string;
  readonly crossing: Crossing;
  readonly speedUps: readonly SpeedUp[];
  readonly penalty: Penalty;
}

/**
 * The speed of a run. For round trips it is that of the median, because disturbed round trips do not move the
 * median.
 */
const speedOf = (sample: Sample): Speed => ({
  sizeBytes: sample.sizeBytes,
  copy: sample.copy,
  perSecond: sample.p50Us === undefined ? sample.perSecond : 1e6 / sample.p50Us,
});

const copyingOf = (transport: string): string =>
  isArena(transport) ? copyingTransportOf(transport) : transport;

/** Compares every transport without copies with itself, or with its arena, with copies. */
export function compare(samples: readonly Sample[]): Comparison[] {
  const zeroCopy = samples.filter((sample) => !sample.copy);
  const transports = [...new Set(zeroCopy.map((sample) => sample.transport))];
  return metrics.flatMap((metric) =>
    transports.flatMap((transport) => {
      const speeds = samples
        .filter((sample) => sample.metric === metric)
        .filter((sample) => sample.transport === (sample.copy ? copyingOf(transport) : transport))
        .map(speedOf);
      const penalty = smallPenalty(speeds);
      if (!penalty) return [];
      const crossing = findCrossing(speeds);
      return [{ metric, transport, crossing, speedUps: speedUps(speeds), penalty }];
    }),
  );
}

/** The crossings by metric, then by transport. */
export function crossingsByMetric(comparisons: readonly Comparison[]) {
  const found: Partial<Record<Metric, Record<string, Crossing>>> = {};
  for (const { metric, transport, crossing } of comparisons) {
    found[metric] = { ...found[metric], [transport]: crossing };
  }
  return found;
}

/** Between sizes that lie further apart than this the crossing could be anywhere. */
const widestStep = 10;

/**
 * The `copyThreshold` that this machine should have: the size from which on leasing a unit of a pool is
 * faster than copying it. Throughput decides, or latency where throughput was not measured. The result
 * is a power of two, as thresholds are.
 *
 * @returns `null` where the pool was not measured both ways, or at sizes too far apart.
 */
export function recommendThreshold(comparisons: readonly Comparison[]): number | null {
  const ofPool = (metric: Metric) =>
    comparisons.find((one) => one.metric === metric && one.transport === 'pool');
  const crossing = (ofPool('throughput') ?? ofPool('latency'))?.crossing;
  if (!crossing) return null;
  const [below, above] = crossing.between;
  if (below !== null && above !== null && above > widestStep * below) return null;
  return 2 ** Math.round(Math.log2(crossing.bytes ?? below ?? above ?? 1));
}

export interface CrossoverOutcome extends Outcome {
  readonly samples: readonly Sample[];
  /** Where the two processes of a round trip ran; absent where the system decided. */
  readonly tripCpus: readonly [number, number] | undefined;
}

/** The output of `--json`. */
export interface CrossoverResult {
  readonly host: Host;
  readonly rows: readonly Row[];
  readonly crossoverBytes: ReturnType<typeof crossingsByMetric>;
  readonly recommendedCopyThreshold: number | null;
}

export function resultOf({ host, samples }: CrossoverOutcome): CrossoverResult {
  const comparisons = compare(samples);
  return {
    host,
    rows: rowsOf(samples),
    crossoverBytes: crossingsByMetric(comparisons),
    recommendedCopyThreshold: recommendThreshold(comparisons),
  };
}
