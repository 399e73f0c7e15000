import type { FanoutConfig } from './config.js';
import type { StreamReport } from './stream-verifier.js';

/** What is measured: an arena, or the ring with a lock that it is compared with. */
export type Subject = FanoutConfig['transport'] | 'locked';

export type Role = 'writer' | 'reader';

/** What one process of a run is to do. */
export interface CrewTask {
  readonly role: Role;
  /** Among those of its role. */
  readonly index: number;
  readonly subject: Subject;
  readonly handle: string;
  readonly config: FanoutConfig;
  /** Between two samples. */
  readonly sampleMs: number;
}

/** Counters of one process since the start, as of one moment. */
export interface Sample {
  /** Milliseconds since the start. */
  readonly atMs: number;
  /** Written or read. */
  readonly records: number;
  readonly waits: number;
  readonly full: number;
  readonly lost: number;
  /** The most since the sample before. */
  readonly lag: number;
  readonly cpuSeconds: number;
}

/** What a process did from the start to its end. */
export interface CrewReport {
  readonly last: Sample;
  /** The most that a reader was behind. */
  readonly maxLag: number;
  /** A reader's. */
  readonly stream?: StreamReport;
}

export type ToCrew =
  | { readonly type: 'task'; readonly task: CrewTask }
  /** On the clock that all processes share, in milliseconds. */
  | { readonly type: 'go'; readonly startAt: number };

export type FromCrew =
  | { readonly type: 'ready' }
  | { readonly type: 'sample'; readonly sample: Sample }
  | { readonly type: 'report'; readonly report: CrewReport }
  | { readonly type: 'failure'; readonly message: string };
