import type { Reader, ReaderOptions } from './reader.js';
import type { Writer, WriterOptions } from './writer.js';

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
