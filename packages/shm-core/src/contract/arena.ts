import type { Reader, ReaderOptions } from './reader.js';
import type { Writer, WriterOptions } from './writer.js';

/** Counters of the whole arena, over all processes, since its creation. */
export interface ArenaStats {
  /**
   * Committed units that take room: those that are not yet released (pool), not yet read by every reader
   * (ring), or not yet overwritten (ring that overwrites).
   */
  readonly inFlight: number;
  /** The most units that took room at once; a unit that was given up counts until readers have passed it. */
  readonly peakInFlight: number;
  readonly writtenUnits: number;
  readonly writtenBytes: number;
  readonly readUnits: number;
  readonly readBytes: number;
  /** Number of waits, and their sum. */
  readonly writerWaits: number;
  readonly writerWaitedMs: number;
  readonly readerWaits: number;
  readonly readerWaitedMs: number;
  /** Leases that are not released, over all processes. */
  readonly leasesOut: number;
  /** Writers and readers that are open. */
  readonly writers: number;
  readonly readers: number;
}

/** A writer or reader whose process died. */
export interface PeerLost {
  readonly pid: number;
  readonly role: 'writer' | 'reader';
  /** Number of its open units that were given up, and of its leases that were taken back. */
  readonly reclaimedUnits: number;
  readonly reclaimedLeases: number;
}

export interface ArenaEvents {
  'peer-lost': [PeerLost];
}

export interface Arena extends Disposable {
  readonly kind: 'pool' | 'ring';
  /** Short string with which other processes of the same user attach while this process lives. */
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
   * Declares the end of the stream: no further writer can be opened in any process. Open writers may go
   * on. Readers end once these writers have closed and every committed unit was read.
   */
  end(): void;
  /**
   * Closes this process's writers and readers: waiting calls end with `ERR_ARENA_CLOSED`, and open units
   * are aborted. Leases stay valid until they are released. A second call does nothing.
   */
  close(): void;
  readonly closed: boolean;
  on<K extends keyof ArenaEvents>(event: K, listener: (...args: ArenaEvents[K]) => void): this;
  off<K extends keyof ArenaEvents>(event: K, listener: (...args: ArenaEvents[K]) => void): this;
  once<K extends keyof ArenaEvents>(event: K, listener: (...args: ArenaEvents[K]) => void): this;
  [Symbol.dispose](): void;
}
