import type { AsyncWaitOptions, SpinOptions, WaitOptions } from './waiting.js';

export interface UnitOptions {
  /** Small bytes that travel with the unit. They are copied when the unit is opened. */
  readonly envelope?: Uint8Array | undefined;
}

/** A unit that is being filled. No reader sees it before its commit. */
export interface OpenUnit extends Disposable {
  /**
   * `byteLength` bytes of shared memory to fill in place, on a 64-byte boundary. Not zeroed. Empty
   * (detached) once the unit has ended. A `commit` that finds no place makes new `bytes`: read this again.
   *
   * Moving the buffer (`transfer()`, a byte stream that reads into it) moves the memory. Then the unit can
   * no longer be committed, and its memory comes free when the new buffer is collected.
   */
  readonly bytes: Uint8Array;
  /**
   * Publishes the unit. A reader that sees the unit sees all of its bytes. Never waits.
   *
   * @param byteLength Number of leading bytes to publish; all bytes when absent.
   * @throws {ArenaError} `ERR_ARENA_UNIT_ENDED` after `commit` or `abort`, or when another process has
   *   ended the unit after the arena's `unitTimeoutMs`; `ERR_ARENA_MOVED` when `bytes` were moved to another
   *   buffer (the unit stays open: abort it); `ERR_ARENA_INVALID_STATE` while the unit is held (it stays
   *   open); `ERR_ARENA_CLOSED`.
   * @throws {RangeError} `byteLength` exceeds the acquired bytes. The unit stays open.
   */
  commit(byteLength?: number): void;
  /** Gives the unit up. No reader ever sees it. Does nothing after the end of the unit. */
  abort(): void;
  /**
   * Keeps the memory for native code that writes to it on other threads, until you call the returned
   * function. No other unit uses the memory meanwhile, and `commit` fails. `abort` and a close of the arena
   * empty `bytes`, and give the memory back once the last hold has ended.
   *
   * @throws {ArenaError} `ERR_ARENA_UNIT_ENDED`, `ERR_ARENA_MOVED`, `ERR_ARENA_CLOSED`.
   */
  hold(): () => void;
  /** Aborts a unit that was not committed. */
  [Symbol.dispose](): void;
}

export interface Writer extends Disposable {
  /**
   * Opens a unit once `byteLength` bytes are free. This wait is the backpressure.
   *
   * @param byteLength Bytes to reserve, 0 or more.
   * @throws {ArenaError} `ERR_ARENA_FULL` after `timeoutMs`, or at once when the arena fails when full;
   *   `ERR_ARENA_UNIT_TOO_LARGE` at once; `ERR_ARENA_CLOSED` when the writer closes meanwhile. In a pool
   *   without fan-out also `ERR_ARENA_NO_READERS` when the call must wait and every reader has left, or
   *   `ERR_ARENA_PEER_LOST` when the last readers have died. The signal's reason on abort.
   */
  acquire(byteLength: number, options?: AsyncWaitOptions & UnitOptions): Promise<OpenUnit>;
  /** Like `acquire`, but returns `null` at once without space. */
  tryAcquire(byteLength: number, options?: UnitOptions): OpenUnit | null;
  /** Like `acquire`, but blocks this thread while it waits. */
  acquireSync(byteLength: number, options?: WaitOptions & UnitOptions): OpenUnit;
  /** Acquires, copies `bytes` in and commits. */
  write(bytes: Uint8Array, options?: AsyncWaitOptions & UnitOptions): Promise<void>;
  /**
   * Writes every element as a unit of its own, in order, waiting as often as need be. One wake-up
   * serves many: the way to send small units fast.
   *
   * @throws {ArenaError | TypeError | RangeError} As `write`; `details.written` says how many were
   *   written before. The signal's reason comes as it is: to learn the number, use `timeoutMs`.
   */
  writeMany(units: readonly Uint8Array[], options?: AsyncWaitOptions): Promise<void>;
  /** Writes the leading elements that fit now. Returns their number. */
  tryWriteMany(units: readonly Uint8Array[]): number;
  /** Like `write`, but returns false at once without space. */
  tryWrite(bytes: Uint8Array, options?: UnitOptions): boolean;
  /** Like `write`, but blocks this thread while it waits. */
  writeSync(bytes: Uint8Array, options?: WaitOptions & UnitOptions): void;
  /** Wakes readers that coalesce wake-ups and have unread units. Call it before a pause in the stream. */
  flush(): void;
  /**
   * Closes this writer and aborts its open units. A second call does nothing. `Reader.read` says when
   * the stream ends.
   */
  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}

export type WriterOptions = SpinOptions;
