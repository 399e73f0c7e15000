/** What the latency benchmark is asked for. */

export const latencyTransports = ['pool', 'ring', 'no-arena', 'unix-socket', 'zeromq'] as const;

export type LatencyTransport = (typeof latencyTransports)[number];

export const calls = ['async', 'sync'] as const;

export type Calls = (typeof calls)[number];

export const placements = ['same-core', 'two-cores', 'kept-awake'] as const;

/**
 * - same-core: both processes on one CPU.
 * - two-cores: each on a CPU of its own, which sleeps when there is nothing to do.
 * - kept-awake: the same, with a process of lowest priority on both CPUs, so that they never sleep.
 */
export type Placement = (typeof placements)[number];

export interface LatencyConfig {
  readonly transports: readonly LatencyTransport[];
  readonly calls: readonly Calls[];
  /** How long the calls of arenas look before they park; each is measured. */
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
  /** How long a call looks before it parks, at both ends. */
  readonly spinMicroseconds: number;
  readonly placement: Placement;
  readonly sizeBytes: number;
  /** About how long it should take, after as long to warm up. */
  readonly durationSec: number;
  /** The CPUs of the process that requests and of the process that replies. */
  readonly cpus?: readonly [number, number] | undefined;
}

export const nameOf = ({ transport, calls, spinMicroseconds, placement }: TripCell): string =>
  `${transport} ${calls}${spinMicroseconds > 0 ? `, spinning ${spinMicroseconds} us` : ''}, ${placement}`;
