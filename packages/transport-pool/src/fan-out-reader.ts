import type { Reader } from '@arena/shm-core';

/** A reader of a pool with fan-out: it has a position of its own, and sees every unit. */
export interface FanOutReader extends Reader {
  /** Committed units that this reader has not read. */
  readonly lag: number;
  /** Passes over everything but the newest unit kept. */
  syncToNewest(): void;
}
