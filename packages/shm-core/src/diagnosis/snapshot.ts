/**
 * What an arena looks like at one moment: who waits, for what, and since when. Made by looking alone:
 * nothing is written into the arena and no lock is taken. Others go on while it is made, so that only
 * what two snapshots agree on is certain.
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
  /** Random, in hexadecimal: of no other arena. */
  readonly nonce: string;

  /** How many writers were announced at creation; 0 where nobody knows. */
  readonly writersExpected: number;
  readonly writersCame: number;
  /** Writers that came after the end. */
  readonly writersRefused: number;
  readonly streamEnded: boolean;
  /** No further writer is admitted. */
  readonly endDeclared: boolean;

  /** Records are numbered: those below `oldest` are gone, `end` is not claimed yet. */
  readonly oldest: number;
  /** Where the room in use begins. */
  readonly floor: number;
  readonly end: number;
  readonly poisoned: boolean;
  readonly poisonedOffset: number;
  /** Bits: 1 a writer has closed, 2 was lost, 4 a reader has registered, 8 was lost. */
  readonly history: number;
  /** Futex words: sequence << 1, and bit 0 where threads may sleep. */
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
  /** Records that somebody still has to end, read or pass: the first 256. */
  readonly records: readonly SnapshotRecord[];
  /** Segments that are not free: the first 256. */
  readonly segments: readonly SnapshotSegment[];
}

export interface SnapshotPeer {
  readonly index: number;
  readonly pid: number;
  readonly generation: number;
  readonly phase: 'joining' | 'live' | 'leaving' | 'dead';
  /** `none` for one that is not a member yet, or no more. */
  readonly role: 'writer' | 'reader' | 'none';
  /** As in /proc: R, S, D, T (stopped), Z; empty when the process is gone. */
  readonly processState: string;
  /** The function of the kernel in which its main thread sleeps, where this user may know it. */
  readonly sleepsIn: string;
  /** Of its main thread, since it began: time on a CPU, and time in which it wanted one in vain. */
  readonly ranMs: number;
  readonly queuedMs: number;
  /** Between two looks it wanted a CPU and got next to none. */
  readonly starved?: boolean;
  /** Rings in its doorbell's pipe that its event loop has not taken. */
  readonly rings?: number;
  /** A call of it waits: for how long, and how long ago it looked last. */
  readonly waitingMs?: number;
  readonly lookedMs?: number;
  /** Of a writer that waits: what for, and whether there is room for it. */
  readonly wantsSegment?: boolean;
  readonly wantsBytes?: number;
  readonly room?: boolean;
  /** It has asked for a ring of its doorbell, which has not come. */
  readonly armedReadable: boolean;
  readonly armedWritable: boolean;
  /** Of a reader: the record that it takes next, and what that is. */
  readonly next?: 'nothing' | 'committed' | 'open' | 'lapped';
  readonly nextSequence?: number;
  readonly behind?: number;
  /** No ring for a newest record below this one. */
  readonly ringFrom?: number;
  readonly position?: number;
  readonly leasesOut: number;
  readonly writtenUnits: number;
  readonly readUnits: number;
}

export interface SnapshotRecord {
  readonly sequence: number;
  /** `held`: open, and with `unitTimeoutMs` others may end it. */
  readonly phase: 'claimed' | 'committed' | 'skipped' | 'held';
  /** Index of the peer. */
  readonly writer: number;
  readonly byteLength: number;
  /** Index of the peer that has taken it, where each unit goes to one reader. */
  readonly reader?: number;
  readonly segment?: number;
  /** How long it has been open, where that is known. */
  readonly openMs?: number;
}

export interface SnapshotSegment {
  readonly index: number;
  readonly use: 'open' | 'queued' | 'leased';
  /** Changes with every use. */
  readonly generation: number;
  readonly ageMs: number;
  /** Indices of the peers that have it. */
  readonly holders: readonly number[];
}
