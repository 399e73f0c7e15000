/** What the crossover benchmark is asked for. */
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
  /** How long the timed part of a measurement should take, about. */
  readonly durationSec: number;
  /** Fresh processes for every measurement, instead of for every run of a transport. */
  readonly isolate: boolean;
}

/** Sizes at equal steps of their logarithm. */
export interface SizeRange {
  readonly minBytes: number;
  readonly maxBytes: number;
  /** How many sizes, both ends among them. */
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

/** As many points as give three to a power of ten. */
export const defaultPoints = (min: number, max: number): number =>
  Math.max(2, Math.round(3 * Math.log10(max / min)) + 1);

/**
 * Sizes at equal distances on a logarithmic axis, in whole bytes, both ends exact.
 *
 * @throws {RangeError} The ends are the wrong way round.
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
  /** How long the timed part should take, about. */
  readonly durationSec: number;
  /** Where this process and its partner run; absent where the system decides. */
  readonly cpus?: readonly [number, number] | undefined;
}

export const nameOf = ({ metric, transport, copy, sizeBytes }: Cell): string =>
  `${metric} ${formatBytes(sizeBytes)} ${labelOf(transport, copy)}`;

/**
 * The cells of one run. Those of one size follow each other, so that what is compared was measured in
 * the same minute, whatever else the machine did.
 *
 * @param tripCpus Where the two processes of a round trip run; absent where the system decides.
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
