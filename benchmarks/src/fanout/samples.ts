/** What the processes of a fan-out run tell about themselves. */
import type { FanoutConfig } from './config.js';
import type { StreamReport } from './stream-verifier.js';

/** What is measured: an arena, or the ring with a lock that it is compared with. */
export type Subject = FanoutConfig['transport'] | 'locked';

export type Role = 'writer' | 'reader';

/** Counters of one process since the start, as of one moment. */
export interface Sample {
  /** Milliseconds since the start. */
  readonly atMs: number;
  /** Records written or read. */
  readonly records: number;
  readonly waits: number;
  readonly full: number;
  readonly lost: number;
  /** The most records behind since the sample before. */
  readonly lag: number;
  readonly cpuSeconds: number;
}

/** What a process did from the start to its end. */
export interface MemberReport {
  readonly last: Sample;
  /** The most that a reader was behind. */
  readonly maxLag: number;
  /** What a reader found in its stream. */
  readonly stream?: StreamReport;
}
