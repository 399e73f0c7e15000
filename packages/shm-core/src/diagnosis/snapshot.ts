/**
 * The state of an arena: which peers wait, for what, and since when. Taking a snapshot writes nothing
 * into the arena and takes no lock. Other processes go on meanwhile, so only facts that two snapshots
 * agree on are certain.
 */
export interface ArenaSnapshot {
  /** When it was made, in milliseconds of the monotonic clock. */
  readonly atMs: number;
  readonly kind: 'pool' | 'ring';
  /** Every unit goes to every reader. */
  readonly broadcast: boolean;
  readonly overwrites: boolean;
  readonly capacity: number;
  readonly granuleBytes: number;
  readonly cellCount: number;
  readonly segmentCount: number;
  readonly segmentSize: number;
  readonly unitTimeoutMs: number;
  readonly creatorPid: number;
  /** Random number of this arena, in hexadecimal. */
  readonly nonce: string;

  /** The number of writers that was given at creation; 0 without one. */
  readonly writersExpected: number;
  readonly writersCame: number;
  /** Writers that came after the end. */
  readonly writersRefused: number;
  readonly streamEnded: boolean;
  /** No further writer is admitted. */
  readonly endDeclared: boolean;

  /** Records are numbered: those below `oldest` are gone, `end` is not claimed yet. */
  readonly oldest: number;
  /** The first record whose room is in use. */
  readonly floor: number;
  readonly end: number;
  readonly poisoned: boolean;
  readonly poisonedOffset: number;
  /** Bits: 1 a writer has closed, 2 a writer was lost, 4 a reader has registered, 8 a reader was lost. */
  readonly history: number;
  /** Futex words: sequence << 1. Bit 0 is set when threads may sleep. */
  readonly readableWord: number;
  readonly writableWord: number;

  readonly openRecords: number;
  readonly unreadRecords: number;
  readonly takenRecords: number;
  readonly freeBytes: number;
  readonly freeCells: number;
  readonly freeSegments: number;
  readonly openSegments: number;
  readonly queuedSegments: number;
  readonly leasedSegments: number;

  readonly peers: readonly SnapshotPeer[];
  /** Records that a peer still has to end, read or pass: the first 256. */
  readonly records: readonly SnapshotRecord[];
  /** Segments that are not free: the first 256. */
  readonly segments: readonly SnapshotSegment[];
}

export interface SnapshotPeer {
  readonly index: number;
  readonly pid: number;
  readonly generation: number;
  readonly phase: 'joining' | 'live' | 'leaving' | 'dead';
  /**
   * `none` before a peer becomes a member, and after it was struck. A `closed writer` is no member,
   * and keeps its place while it keeps a unit open.
   */
  readonly role: 'writer' | 'reader' | 'closed writer' | 'none';
  /** As in /proc: R, S, D, T (stopped), Z; empty when the process is gone. */
  readonly processState: string;
  /** The kernel function in which the main thread sleeps; empty when this user may not see it. */
  readonly sleepsIn: string;
  /** Times of the main thread since its start: on a CPU, and waiting for a CPU. */
  readonly ranMs: number;
  readonly queuedMs: number;
  /** Between two looks the process wanted a CPU and hardly got one. */
  readonly starved?: boolean;
  /** Rings in its doorbell's pipe that its event loop has not taken. */
  readonly rings?: number;
  /** While a call waits: how long it has waited, and how long ago it looked last. */
  readonly waitingMs?: number;
  readonly lookedMs?: number;
  /** Of a waiting writer: the room that it wants, and whether that room is free. */
  readonly wantsSegment?: boolean;
  readonly wantsBytes?: number;
  readonly room?: boolean;
  /** The peer has asked for a ring of its doorbell, and the ring has not come. */
  readonly armedReadable: boolean;
  readonly armedWritable: boolean;
  /** Of a reader: the state of its next record, and its sequence. */
  readonly next?: 'nothing' | 'committed' | 'open' | 'lapped';
  readonly nextSequence?: number;
  readonly behind?: number;
  /** No commit rings this peer while the newest record is below this sequence. */
  readonly ringFrom?: number;
  readonly position?: number;
  readonly leasesOut: number;
  readonly writtenUnits: number;
  readonly readUnits: number;
}

export interface SnapshotRecord {
  readonly sequence: number;
  /** `held`: open, and other peers may end it after `unitTimeoutMs`. */
  readonly phase: 'claimed' | 'committed' | 'skipped' | 'held';
  /** Index of the writing peer. */
  readonly writer: number;
  readonly byteLength: number;
  /** Index of the peer that has taken the record, when each unit goes to one reader. */
  readonly reader?: number;
  readonly segment?: number;
  /** How long the record has been open, when that is known. */
  readonly openMs?: number;
}

export interface SnapshotSegment {
  readonly index: number;
  readonly use: 'open' | 'queued' | 'leased';
  /** Changes with every use. */
  readonly generation: number;
  readonly ageMs: number;
  /** Indices of the peers that hold the segment. */
  readonly holders: readonly number[];
}
