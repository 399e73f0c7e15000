import type { Bucket } from './histogram.js';

export const latencyTransports = ['pool', 'ring', 'no-arena', 'unix-socket', 'zeromq'] as const;

export type LatencyTransport = (typeof latencyTransports)[number];

export const calls = ['async', 'sync'] as const;

export type Calls = (typeof calls)[number];

export const placements = ['same-core', 'two-cores', 'kept-awake'] as const;

/**
 * - same-core: both processes on one CPU.
 * - two-cores: each on one of its own, which sleeps when there is nothing to do.
 * - kept-awake: the same, with something of lowest priority on both, so that they never sleep.
 */
export type Placement = (typeof placements)[number];

/** One measurement. */
export interface TripCell {
  readonly transport: LatencyTransport;
  readonly calls: Calls;
  /** How long a call looks before it parks, at both ends. */
  readonly spinMicroseconds: number;
  readonly placement: Placement;
  readonly sizeBytes: number;
  /** How long it should take, about, after as long to warm up. */
  readonly durationSec: number;
  /** Of the process that requests, and of the one that replies; absent where they are not pinned. */
  readonly cpus?: readonly [number, number] | undefined;
}

export interface TripResult {
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

export type TripRow = Omit<TripCell, 'durationSec'> & TripResult;

export const nameOf = ({ transport, calls, spinMicroseconds, placement }: TripCell): string =>
  `${transport} ${calls}${spinMicroseconds > 0 ? `, spinning ${spinMicroseconds} us` : ''}, ${placement}`;
