import type { Reader } from '@arena/shm-core';

/** A reader of a pool with fan-out: it has a position of its own, and sees every unit. */
export interface FanOutReader extends Reader {
  /** Number of committed units that this reader has not read. */
  readonly lag: number;
  /** Passes over all units but the newest one that is kept. */
  syncToNewest(): void;
}
