import type { AsyncWaitOptions, SpinOptions, WaitOptions } from './waiting.js';

export interface UnitOptions {
  /** Travels beside the unit's bytes; copied when the unit is opened. */
  readonly envelope?: Uint8Array | undefined;
}

/** A unit that is being filled. Invisible to readers until it is committed. */
export interface OpenUnit extends Disposable {
  /**
   * `byteLength` bytes of shared memory to fill in place, on a 64-byte boundary. Not zeroed. Empty
   * (detached) once the unit has ended, and after a `commit` that found no place: ask for it anew.
   *
   * What moves its buffer (`transfer()`, a byte stream that reads into it) takes the memory along:
   * the unit cannot be committed any more, and its memory comes free when that buffer is collected.
   */
  readonly bytes: Uint8Array;
  /**
   * Publishes the unit; every reader that sees it sees all of its bytes. Never waits.
   *
   * @param byteLength How many leading bytes to publish; all of them when absent.
   * @throws {ArenaError} `ERR_ARENA_UNIT_ENDED` after `commit` or `abort`, or when others have ended
   *   the unit after the arena's `unitTimeoutMs`; `ERR_ARENA_MOVED` where `bytes` were moved to another
   *   buffer: the unit stays open, to be aborted; `ERR_ARENA_INVALID_STATE` while it is held: it stays
   *   open; `ERR_ARENA_CLOSED`.
   * @throws {RangeError} `byteLength` exceeds what was acquired; the unit stays open.
   */
  commit(byteLength?: number): void;
  /** Gives the unit up; no reader ever sees it. Does nothing once the unit has ended. */
  abort(): void;
  /**
   * For native code that writes to the memory on other threads: keeps the memory, and keeps it from
   * everybody else, until the function that it returns is called. Meanwhile `commit` fails. `abort`
   * and the close of the arena empty `bytes`, and give the memory back once the last hold has ended.
   *
   * @throws {ArenaError} `ERR_ARENA_UNIT_ENDED`, `ERR_ARENA_MOVED`, `ERR_ARENA_CLOSED`.
   */
  hold(): () => void;
  /** Aborts a unit that was not committed. */
  [Symbol.dispose](): void;
}

export interface Writer extends Disposable {
  /**
   * Opens a unit once `byteLength` bytes are free; waiting here is the backpressure.
   *
   * @param byteLength Bytes to reserve, 0 or more.
   * @throws {ArenaError} `ERR_ARENA_FULL` after `timeoutMs`, or at once where the arena was created
   *   to fail when full; `ERR_ARENA_UNIT_TOO_LARGE` at once; `ERR_ARENA_CLOSED` when that happens
   *   meanwhile; `ERR_ARENA_NO_READERS` or `ERR_ARENA_PEER_LOST` when it has to wait in a pool
   *   without fan-out and every reader has left, or the last ones have died; the signal's reason on abort.
   */
  acquire(byteLength: number, options?: AsyncWaitOptions & UnitOptions): Promise<OpenUnit>;
  /** Like `acquire`, but `null` at once when there is no space. */
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
  /** Writes as many leading elements as fit now; returns how many. */
  tryWriteMany(units: readonly Uint8Array[]): number;
  /** Like `write`, but false at once when there is no space. */
  tryWrite(bytes: Uint8Array, options?: UnitOptions): boolean;
  /** Like `write`, but blocks this thread while it waits. */
  writeSync(bytes: Uint8Array, options?: WaitOptions & UnitOptions): void;
  /** Wakes readers that coalesce wake-ups, where anything is unread: nothing more comes for a while. */
  flush(): void;
  /**
   * Says that nothing more comes from this writer, aborts its open units and closes it. A second
   * call does nothing. See `Reader.read` for when the stream ends.
   */
  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}

export type WriterOptions = SpinOptions;
