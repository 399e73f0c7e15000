import type { Lease } from './lease.js';
import type { AsyncWaitOptions, SpinOptions, WaitOptions } from './waiting.js';

export interface Reader extends AsyncIterable<Lease>, Disposable {
  /**
   * Waits for the next unit.
   *
   * @returns A lease, or `null` at the end of the stream. The stream ends when every committed unit was
   *   read, every writer has closed, and no other writer can come. A dead writer counts as closed. No
   *   other writer can come when all `writers` of the arena have come, or after `arena.end()`. Without
   *   these two, none can come when at least one has come and no other is on its way. A process or thread
   *   is on its way when it was started with the handle and has opened no writer or reader yet.
   * @throws {ArenaError} `ERR_ARENA_TIMEOUT` after `timeoutMs`; `ERR_ARENA_PEER_LOST` when every
   *   writer is dead, none has closed properly and no other is on its way; `ERR_ARENA_CLOSED`;
   *   `ERR_ARENA_LAPPED` when the arena overwrites; `ERR_ARENA_CORRUPT`; the signal's reason on abort.
   */
  read(options?: AsyncWaitOptions): Promise<Lease | null>;
  /** The next unit if it is there now, or `null`. `ended` tells whether another unit can come. */
  tryRead(): Lease | null;
  /** Like `read`, but blocks this thread while it waits. */
  readSync(options?: WaitOptions): Lease | null;
  /**
   * Copies the next unit's bytes into `target` and takes the unit.
   *
   * @returns The number of bytes and the envelope; `null` at the end of the stream.
   * @throws {RangeError} `target` is too small; the unit stays unread.
   */
  readInto(target: Uint8Array, options?: AsyncWaitOptions): Promise<ReadIntoResult | null>;
  /**
   * Waits for the next unit, and returns it with up to `max - 1` further units that are there already. More
   * units than it returns may be there: call it again.
   *
   * @returns At least one lease, or `null` at the end of the stream.
   */
  readMany(max: number, options?: AsyncWaitOptions): Promise<Lease[] | null>;
  /** Up to `max` of the units that are there now. Empty only when there is none. */
  tryReadMany(max: number): Lease[];
  /** True once the end of the stream has been reached. */
  readonly ended: boolean;
  /** Leaves the stream. Leases stay valid until they are released. A second call does nothing. */
  close(): void;
  readonly closed: boolean;
  /** Every unit until the end. A lease that the loop does not release stays valid. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Lease>;
  [Symbol.dispose](): void;
}

export interface ReadIntoResult {
  readonly byteLength: number;
  readonly envelope: Uint8Array;
}

export interface ReaderOptions extends SpinOptions {
  /**
   * The unit at which the reader starts: the newest one that is kept (the default), the oldest one, or
   * the next one that is written. In a pool without fan-out this has no effect: a reader always gets the
   * oldest unit that no reader has taken.
   */
  readonly from?: 'newest' | 'oldest' | 'next' | undefined;
  /**
   * True: when the number of writers is not known, this reader never ends the stream, and waits for the
   * next writer. By default it ends the stream when no writer is on its way: see `Reader.read`.
   */
  readonly endless?: boolean | undefined;
  /** Wakes waiting async calls for several units at once. By default every unit wakes them. */
  readonly coalesce?: WakeCoalescing | undefined;
}

/**
 * When a waiting call of a reader wakes: when `units` units are there, when a writer finds no space,
 * flushes or closes, and at the latest `withinMs` after the wait began. Each saved wake-up saves 5 to 50 us
 * of CPU, and units wait for the following ones. When the call before waited longer than `withinMs`, or
 * less than 0.05 ms for each unit, the first unit wakes the call. So neither a slow stream is delayed, nor
 * a stream that is faster than wake-ups.
 */
export interface WakeCoalescing {
  readonly units: number;
  /** 1 to 100 milliseconds. */
  readonly withinMs: number;
}
