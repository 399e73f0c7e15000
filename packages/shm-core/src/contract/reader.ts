import type { Lease } from './lease.js';
import type { AsyncWaitOptions, SpinOptions, WaitOptions } from './waiting.js';

export interface Reader extends AsyncIterable<Lease>, Disposable {
  /**
   * Waits for the next unit.
   *
   * @returns A lease, or `null` at the end of the stream: every writer has closed, none can come
   *   any more, and everything committed was read. A writer that died counts as closed. None can
   *   come once as many have come as the arena was created for (`writers`), or after `arena.end()`.
   *   Where neither was said, the stream ends when at least one writer has come and nobody is on the
   *   way: no process or thread that was started with the handle and has not opened a writer or
   *   reader yet.
   * @throws {ArenaError} `ERR_ARENA_TIMEOUT` after `timeoutMs`; `ERR_ARENA_PEER_LOST` when every
   *   writer is dead and none has closed properly; `ERR_ARENA_CLOSED`; `ERR_ARENA_LAPPED` where the arena
   *   overwrites; `ERR_ARENA_CORRUPT`; the signal's reason on abort.
   */
  read(options?: AsyncWaitOptions): Promise<Lease | null>;
  /** The next unit if there is one now, else `null`; `ended` tells whether one can still come. */
  tryRead(): Lease | null;
  /** Like `read`, but blocks this thread while it waits. */
  readSync(options?: WaitOptions): Lease | null;
  /**
   * Copies the next unit's bytes into `target` and takes the unit.
   *
   * @returns How many bytes and which envelope; `null` at the end of the stream.
   * @throws {RangeError} `target` is too small; the unit stays unread.
   */
  readInto(target: Uint8Array, options?: AsyncWaitOptions): Promise<ReadIntoResult | null>;
  /**
   * Waits for the next unit and returns it with up to `max - 1` more that are there already.
   *
   * @returns At least one lease, or `null` at the end of the stream.
   */
  readMany(max: number, options?: AsyncWaitOptions): Promise<Lease[] | null>;
  /** Up to `max` units that are there now; empty when there is none. */
  tryReadMany(max: number): Lease[];
  /** True once the end of the stream has been reached. */
  readonly ended: boolean;
  /** Leaves the stream; leases taken stay valid until released. A second call does nothing. */
  close(): void;
  readonly closed: boolean;
  /** Every unit until the end. A lease not released by the loop's body stays valid. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Lease>;
  [Symbol.dispose](): void;
}

export interface ReadIntoResult {
  readonly byteLength: number;
  readonly envelope: Uint8Array;
}

export interface ReaderOptions extends SpinOptions {
  /**
   * Where the reader starts among the units that are kept: at the newest (the default), at the oldest,
   * or behind all of them (`next`). In a pool without fan-out each unit goes to one reader, and whatever
   * is said here, that is the oldest unit that nobody has taken.
   */
  readonly from?: 'newest' | 'oldest' | 'next' | undefined;
  /**
   * True: where nobody has said how many writers come, this reader never ends the stream, and waits
   * for the next writer. By default it ends the stream when nobody is on the way: see `Reader.read`.
   */
  readonly endless?: boolean | undefined;
  /** Wakes async calls that wait for several units at once; by default for every unit. */
  readonly coalesce?: WakeCoalescing | undefined;
}

/**
 * When a waiting call of a reader is woken: at `units` units, when a writer finds no space, flushes
 * or closes, and at the latest `withinMs` after it began to wait. A wake-up that is saved is 5 to 50 us
 * of CPU, by how cold the caches are; the price is that a unit waits for its successors. A call is
 * woken by the first unit where the call before it waited for longer than `withinMs`, or for less than
 * 0.05 ms a unit: neither a slow stream is held up, nor one that is faster than wake-ups.
 */
export interface WakeCoalescing {
  readonly units: number;
  /** 1 to 100 milliseconds. */
  readonly withinMs: number;
}
