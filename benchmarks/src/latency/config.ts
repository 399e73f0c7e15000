/** The options of the latency benchmark. */

export const latencyTransports = ['pool', 'ring', 'no-arena', 'unix-socket', 'zeromq'] as const;

export type LatencyTransport = (typeof latencyTransports)[number];

export const calls = ['async', 'sync'] as const;

export type Calls = (typeof calls)[number];

export const placements = ['same-core', 'two-cores', 'kept-awake'] as const;

/**
 * - same-core: both processes on one CPU.
 * - two-cores: each on its own CPU, which sleeps when it is idle.
 * - kept-awake: the same, with a process of lowest priority on both CPUs, so that they never sleep.
 */
export type Placement = (typeof placements)[number];

export interface LatencyConfig {
  readonly transports: readonly LatencyTransport[];
  readonly calls: readonly Calls[];
  /** Times for which calls on arenas spin before they sleep; each value is measured. */
  readonly spinMicroseconds: readonly number[];
  readonly placements: readonly Placement[];
  readonly sizeBytes: number;
  readonly durationSec: number;
}

export const defaultConfig: LatencyConfig = {
  transports: latencyTransports,
  calls,
  spinMicroseconds: [0, 50],
  placements,
  sizeBytes: 100,
  durationSec: 0.5,
};

/** One measurement. */
export interface TripCell {
  readonly transport: LatencyTransport;
  readonly calls: Calls;
  /** Time for which a call spins before it sleeps, at both ends. */
  readonly spinMicroseconds: number;
  readonly placement: Placement;
  readonly sizeBytes: number;
  /** Approximate duration. The warm-up before it takes as long. */
  readonly durationSec: number;
  /** The CPUs of the process that requests and of the process that replies. */
  readonly cpus?: readonly [number, number] | undefined;
}

export const nameOf = ({ transport, calls, spinMicroseconds, placement }: TripCell): string =>
  `${transport} ${calls}${spinMicroseconds > 0 ? `, spinning ${spinMicroseconds} us` : ''}, ${placement}`;
