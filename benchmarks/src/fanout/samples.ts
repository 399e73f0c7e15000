/** The reports of the processes of a fan-out run. */
import type { FanoutConfig } from './config.js';
import type { StreamReport } from './stream-verifier.js';

/** The measured object: an arena, or the ring with a lock. */
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

/** The sums of a process, from the start to its end. */
export interface MemberReport {
  readonly last: Sample;
  /** Largest number of records that a reader was behind. */
  readonly maxLag: number;
  /** The findings of a reader in its stream. */
  readonly stream?: StreamReport;
}
