/** The result of the latency benchmark. */
import type { Outcome } from '../kit/experiment.js';
import type { Host } from '../kit/host.js';
import { quantile } from '../kit/statistics.js';
import type { TripCell } from './config.js';
import { type Bucket, histogramOf } from './histogram.js';

/** The round trips of one measurement. */
export interface Trips {
  readonly roundTrips: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
  /** Of both processes. */
  readonly cpuUsPerRoundTrip: number;
  readonly histogram: readonly Bucket[];
}

export type TripRow = Omit<TripCell, 'durationSec'> & Trips;

/** @param samplesUs In any order; sorted in place. */
export function tripsOf(samplesUs: Float64Array, cpuSeconds: number): Trips {
  samplesUs.sort();
  return {
    roundTrips: samplesUs.length,
    p50Us: quantile(samplesUs, 0.5),
    p90Us: quantile(samplesUs, 0.9),
    p99Us: quantile(samplesUs, 0.99),
    p999Us: quantile(samplesUs, 0.999),
    maxUs: quantile(samplesUs, 1),
    cpuUsPerRoundTrip: (1e6 * cpuSeconds) / samplesUs.length,
    histogram: histogramOf(samplesUs),
  };
}

export interface LatencyOutcome extends Outcome {
  readonly rows: readonly TripRow[];
}

/** The output of `--json`. */
export interface LatencyResult {
  readonly host: Host;
  readonly rows: readonly TripRow[];
}

export const resultOf = ({ host, rows }: LatencyOutcome): LatencyResult => ({ host, rows });
