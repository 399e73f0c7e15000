/**
 * The contract of an arena, kept by every transport.
 *
 * Shared memory that processes map together. A writer opens a *unit*, fills it in place and
 * commits it; a reader gets a *lease* on it. Bulk bytes never cross a pipe. A unit is its bytes and
 * a small *envelope* that describes them; both become visible together, or not at all.
 */

export interface WaitOptions {
  /** Longest wait in milliseconds; 0 never waits, absent waits for ever. */
  readonly timeoutMs?: number | undefined;
}

export interface AsyncWaitOptions extends WaitOptions {
  /** Ends the wait with the signal's reason; nothing is lost. */
  readonly signal?: AbortSignal | undefined;
}

export interface CopyOptions {
  /**
   * True sends the unit through the arena's queue, from which readers copy it; false through a
   * segment, which readers lease. By default units up to the writer's `copyThreshold` are copied.
   * Without effect in a ring, where everything is copied.
   */
  readonly copy?: boolean | undefined;
}

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

/** The right to read one unit's bytes, and its end. */
export interface Lease extends Disposable {
  /**
   * The unit's bytes, on a 64-byte boundary. Empty (detached) after `release`.
   *
   * What moves their buffer (`transfer()`, a byte stream that they are given to) takes the memory
   * along: it stays as it is, and the unit counts as leased, until that buffer is collected.
   */
  readonly bytes: Uint8Array;
  /** The unit's envelope: a private copy. */
  readonly envelope: Uint8Array;
  /** True when `bytes` are the shared memory itself, false when they are a private copy. */
  readonly zeroCopy: boolean;
  /** False once released. */
  readonly active: boolean;
  /**
   * Runs `task` on the bytes and releases the lease once the promise that it returns has settled, or
   * it has thrown: the safe way wherever native code or I/O gets the bytes (`zlib`, `fs`, `http`,
   * sharp). A `release` meanwhile waits for it.
   *
   * @returns What `task` returns. Nothing of it may show the bytes later: copy what is to stay.
   * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`.
   */
  use<T>(task: (bytes: Uint8Array) => T | PromiseLike<T>): Promise<T>;
  /**
   * Keeps the memory for native code that uses it, past `release`: the unit counts as leased until
   * the function returned here is called (a second call does nothing). `bytes` are empty after
   * `release` nonetheless: code that asks them again needs `use`.
   *
   * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`.
   */
  hold(): () => void;
  /** Ends the lease and detaches its bytes. A second call does nothing. */
  release(): void;
  [Symbol.dispose](): void;
}

/** A record of a ring, read where it lies. */
export interface Borrowed extends Disposable {
  /**
   * The record's bytes in shared memory. Valid until `release`, or until the reader reads on; a
   * later look sees other records' bytes.
   */
  readonly bytes: Uint8Array;
  /** A private copy. */
  readonly envelope: Uint8Array;
  /**
   * True when an overwriting writer has passed the record: what was read from `bytes` may be torn.
   * Ask after using them, or after `release`: then the answer is final, and a record that was
   * overtaken counts among the lost. Always false where writers wait or fail.
   */
  readonly overtaken: boolean;
  /** Ends the loan: the record counts as read. A second call does nothing. */
  release(): void;
  [Symbol.dispose](): void;
}

export interface Writer extends Disposable {
  /**
   * Opens a unit once `byteLength` bytes are free; waiting here is the backpressure.
   *
   * @param byteLength Bytes to reserve, 0 or more.
   * @throws {ArenaError} `ERR_ARENA_FULL` after `timeoutMs`, or at once where the arena was created
   *   to fail when full; `ERR_ARENA_UNIT_TOO_LARGE` at once; `ERR_ARENA_CLOSED` when that happens
   *   meanwhile; `ERR_ARENA_NO_READERS` or `ERR_ARENA_PEER_LOST` when it has to wait and every
   *   reader has left, or the last ones have died; the signal's reason on abort.
   */
  acquire(byteLength: number, options?: AsyncWaitOptions & UnitOptions): Promise<OpenUnit>;
  /** Like `acquire`, but `null` at once when there is no space. */
  tryAcquire(byteLength: number, options?: UnitOptions): OpenUnit | null;
  /** Like `acquire`, but blocks this thread while it waits. */
  acquireSync(byteLength: number, options?: WaitOptions & UnitOptions): OpenUnit;
  /** Acquires, copies `bytes` in and commits. */
  write(bytes: Uint8Array, options?: AsyncWaitOptions & UnitOptions & CopyOptions): Promise<void>;
  /**
   * Writes every element as a unit of its own, in order, waiting as often as need be. One wake-up
   * serves many: the way to send small units fast.
   *
   * @throws {ArenaError} As `write`; `details.written` says how many were written before.
   */
  writeMany(units: readonly Uint8Array[], options?: AsyncWaitOptions & CopyOptions): Promise<void>;
  /** Writes as many leading elements as fit now; returns how many. */
  tryWriteMany(units: readonly Uint8Array[], options?: CopyOptions): number;
  /** Like `write`, but false at once when there is no space. */
  tryWrite(bytes: Uint8Array, options?: UnitOptions & CopyOptions): boolean;
  /** Like `write`, but blocks this thread while it waits. */
  writeSync(bytes: Uint8Array, options?: WaitOptions & UnitOptions & CopyOptions): void;
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
  /**
   * Waits for the next record of a ring and lends it where it lies, without a copy.
   *
   * @returns The loan, valid until it is released or this reader reads on; `null` at the end.
   * @throws {ArenaError} As `read`; `ERR_ARENA_INVALID_ARGUMENT` in a pool, whose leases are views
   *   already.
   */
  borrow(options?: AsyncWaitOptions): Promise<Borrowed | null>;
  /** The next record if there is one now, else `null`. */
  tryBorrow(): Borrowed | null;
  /** Committed units that this reader has not read. */
  readonly lag: number;
  /** Units that overwriting writers took from this reader, in sum. */
  readonly lost: number;
  /** Passes over everything but the newest unit kept, where every reader sees every unit. */
  syncToNewest(): void;
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

/** Counters of the whole arena, over all processes, since its creation. */
export interface ArenaStats {
  /** Units committed and not yet released (pool) or not yet read by every reader (ring). */
  readonly inFlight: number;
  readonly peakInFlight: number;
  readonly writtenUnits: number;
  readonly writtenBytes: number;
  readonly readUnits: number;
  readonly readBytes: number;
  /** How often a writer or reader waited, and for how long in sum. */
  readonly writerWaits: number;
  readonly writerWaitedMs: number;
  readonly readerWaits: number;
  readonly readerWaitedMs: number;
  /** Leases now out, over all processes. */
  readonly leasesOut: number;
  /** Attached and not closed. */
  readonly writers: number;
  readonly readers: number;
}

/** A writer or reader whose process died. */
export interface PeerLost {
  readonly pid: number;
  readonly role: 'writer' | 'reader';
  /** Units of it that were open and are given up, and leases of it that are taken back. */
  readonly reclaimedUnits: number;
  readonly reclaimedLeases: number;
}

export interface ArenaEvents {
  'peer-lost': [PeerLost];
}

export interface Arena extends Disposable {
  readonly kind: 'pool' | 'ring';
  /** Short string with which any process of the same user attaches while this one lives. */
  readonly handle: string;
  /** The largest unit that can ever fit, in bytes. */
  readonly maxUnitBytes: number;
  /**
   * Opens a writer.
   *
   * @throws {ArenaError} `ERR_ARENA_ENDED` at once after the end of the stream;
   *   `ERR_ARENA_TOO_MANY_PEERS`; `ERR_ARENA_CLOSED`.
   */
  writer(options?: WriterOptions): Writer;
  reader(options?: ReaderOptions): Reader;
  stats(): ArenaStats;
  /**
   * Declares the end of the stream: no further writer can be opened, in any process. Writers that
   * are open may go on. Readers end once these have closed and everything committed was read.
   */
  end(): void;
  /**
   * Closes this process's endpoints: waiting calls end with `ERR_ARENA_CLOSED`, open units are
   * aborted. Leases taken stay valid until released. A second call does nothing.
   */
  close(): void;
  readonly closed: boolean;
  on<K extends keyof ArenaEvents>(event: K, listener: (...args: ArenaEvents[K]) => void): this;
  off<K extends keyof ArenaEvents>(event: K, listener: (...args: ArenaEvents[K]) => void): this;
  once<K extends keyof ArenaEvents>(event: K, listener: (...args: ArenaEvents[K]) => void): this;
  [Symbol.dispose](): void;
}

export interface SpinOptions {
  /**
   * How long a call that waits keeps looking before it parks, in microseconds; 0 by default. Saves
   * the wake-up (some 45 us across idle cores) at the price of a busy core; see the README of
   * @arena/shm-core. Async calls look once a turn of the event loop.
   */
  readonly spinMicroseconds?: number | undefined;
}

export interface WriterOptions extends SpinOptions {
  /**
   * Up to this many bytes `write` sends a unit through the arena's queue, to be copied out, instead
   * of through a segment. In a pool whose segments are no larger everything takes a segment.
   */
  readonly copyThreshold?: number | undefined;
  /**
   * True: when every reader has left, or has died, a call that waits for room goes on waiting for the
   * next reader. By default it ends with `ERR_ARENA_NO_READERS` or `ERR_ARENA_PEER_LOST`. Without
   * effect where every reader sees every unit: there the oldest units make room instead.
   */
  readonly waitForReaders?: boolean | undefined;
}

export interface ReaderOptions extends SpinOptions {
  /**
   * Where a reader of a broadcast arena starts: at the newest unit kept, at the oldest, or after
   * both (`next`). Without effect where each unit goes to one reader.
   */
  readonly from?: 'newest' | 'oldest' | 'next';
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
