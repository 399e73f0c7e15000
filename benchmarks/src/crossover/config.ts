/** The options of the crossover benchmark. */
import { formatBytes } from '../kit/sizes.js';
import { labelOf, type Series, seriesOf, type Transport, transports } from '../links/transports.js';

export const metrics = ['throughput', 'sends', 'latency'] as const;

/**
 * - throughput: from the first to the last receipt.
 * - sends: the writer's side alone.
 * - latency: request and reply, one in flight.
 */
export type Metric = (typeof metrics)[number];

export interface CrossoverConfig {
  /** In bytes. */
  readonly sizes: readonly number[];
  readonly metrics: readonly Metric[];
  readonly transports: readonly Transport[];
  readonly runs: number;
  /** Approximate duration of the timed part of a measurement. */
  readonly durationSec: number;
  /** Fresh processes for every measurement, instead of for every run of a transport. */
  readonly isolate: boolean;
}

/** Sizes at equal steps of their logarithm. */
export interface SizeRange {
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Number of sizes, with both ends. */
  readonly points: number;
}

export const defaultRange = { minBytes: 100, maxBytes: 1e6 } as const;

export const defaultConfig: Omit<CrossoverConfig, 'sizes'> = {
  metrics,
  transports,
  runs: 3,
  durationSec: 0.2,
  isolate: false,
};

/** Number of points that gives three to each power of ten. */
export const defaultPoints = (min: number, max: number): number =>
  Math.max(2, Math.round(3 * Math.log10(max / min)) + 1);

/**
 * Sizes at equal distances on a logarithmic axis, in whole bytes, both ends exact.
 *
 * @throws {RangeError} The smallest size is larger than the largest.
 */
export function logSpaced({ minBytes: min, maxBytes: max, points }: SizeRange): number[] {
  if (min > max) {
    throw new RangeError(`the smallest size, ${min}, is larger than the largest, ${max}.`);
  }
  const steps = Math.max(1, points - 1);
  const sizes = Array.from({ length: points }, (_, step) =>
    Math.round(min * (max / min) ** (step / steps)),
  );
  return [...new Set(sizes)];
}

/** One measurement: a series at a size, once. */
export interface Cell extends Series {
  readonly metric: Metric;
  readonly sizeBytes: number;
  /** Approximate duration of the timed part. */
  readonly durationSec: number;
  /** CPUs of this process and its partner; absent when the system decides. */
  readonly cpus?: readonly [number, number] | undefined;
}

export const nameOf = ({ metric, transport, copy, sizeBytes }: Cell): string =>
  `${metric} ${formatBytes(sizeBytes)} ${labelOf(transport, copy)}`;

/**
 * The cells of one run. The cells of one size follow each other, so that compared figures come from the same
 * minute.
 *
 * @param tripCpus CPUs of the two processes of a round trip; absent when the system decides.
 */
export const cellsOf = (
  { sizes, metrics, transports, durationSec }: Omit<CrossoverConfig, 'runs' | 'isolate'>,
  tripCpus?: readonly [number, number] | undefined,
): Cell[] =>
  [...new Set(sizes)].flatMap((sizeBytes) =>
    [...new Set(metrics)].flatMap((metric) =>
      [...new Set(transports)].flatMap((transport) =>
        seriesOf(transport).map((series) => ({
          ...series,
          metric,
          sizeBytes,
          durationSec,
          cpus: metric === 'latency' ? tripCpus : undefined,
        })),
      ),
    ),
  );
