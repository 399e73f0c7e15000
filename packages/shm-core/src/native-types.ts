/** The functions of the addon, with their arguments and results. */
import type { ArenaStats } from './arena.js';
import type { ArenaSnapshot } from './diagnosis/snapshot.js';
import type { ArenaErrorCode } from './errors.js';

/**
 * The outcome of a call. Calls on units, and calls that wait, return a status and leave the rest of their
 * result in {@link NativeResults}. A call that makes an ArrayBuffer returns the buffer, or undefined, and
 * leaves its status there as well, because putting a buffer into a list costs a tenth of a lease.
 *
 * The addon gives the numbers: see `Status` in native.ts.
 */
export type Status = number & { readonly [status]: true };
declare const status: unique symbol;

/** The options of every arena. The core decides absent ones. */
export interface NativePlan {
  /** Of `constants.kind`. */
  readonly kind: number;
  readonly peers: number | undefined;
  readonly unitTimeoutMs: number | undefined;
  /** Number of writers that will come; 0 when the creator does not know. */
  readonly writers: number;
  readonly populate: boolean;
  readonly name: string | undefined;
}

export interface NativePoolPlan extends NativePlan {
  readonly segmentSize: number;
  readonly segmentCount: number;
  readonly queueBytes: number | undefined;
  readonly fanOut: boolean;
}

/** Either `capacity`, or `slots` and `slotBytes`. */
export interface NativeRingPlan extends NativePlan {
  /** Of `constants.whenFull`. */
  readonly whenFull: number;
  readonly capacity: number | undefined;
  readonly slots: number | undefined;
  readonly slotBytes: number | undefined;
  readonly maxRecords: number | undefined;
}

/** RegionConfig of native/core/layout.hpp, and the creator of the region. */
export interface NativeConfig {
  /** Of `constants.kind`. */
  readonly kind: number;
  /** Of `constants.whenFull`. */
  readonly whenFull: number;
  readonly capacity: number;
  readonly cellCount: number;
  readonly peerCount: number;
  readonly segmentCount: number;
  readonly segmentSize: number;
  readonly envelopeBytes: number;
  readonly broadcast: boolean;
  /** 0 for ever. */
  readonly unitTimeoutMs: number;
  readonly writers: number;
  /** The largest unit of a ring of slots; 0 when only the capacity limits a unit. */
  readonly slotBytes: number;
  readonly totalBytes: number;
  readonly creatorPid: number;
}

/** Results of a call beside its status, until the next call of any reader or writer of this thread. */
export interface NativeResults {
  readonly numbers: Float64Array;
  /** The rows of a batch: `rowLength` numbers for each unit. */
  readonly rows: Uint32Array;
  /** An envelope for which the caller's memory had no room. The caller must take it out. */
  readonly apart: [envelope: ArrayBuffer | undefined];
  /** The index of each number in `numbers`. */
  readonly at: {
    readonly status: number;
    readonly id: number;
    readonly zeroCopy: number;
    readonly copied: number;
    readonly offset: number;
    readonly byteLength: number;
    readonly envelopeOffset: number;
    readonly envelopeLength: number;
    readonly count: number;
    /** Number of holds on open units. */
    readonly holds: number;
    readonly turnDue: number;
  };
  /** The index of each number in a row. */
  readonly row: {
    readonly offset: number;
    readonly byteLength: number;
    readonly envelopeOffset: number;
    readonly envelopeLength: number;
  };
  readonly rowLength: number;
}

/** The enumerations and limits of the core. */
export interface NativeConstants {
  readonly status: Readonly<
    Record<
      | 'ok'
      | 'empty'
      | 'full'
      | 'tooLarge'
      | 'ended'
      | 'quiet'
      | 'peerLost'
      | 'noReaders'
      | 'lapped'
      | 'timedOut'
      | 'closed'
      | 'unitEnded',
      Status
    >
  >;
  readonly kind: { readonly pool: number; readonly ring: number };
  readonly whenFull: { readonly throw: number; readonly wait: number; readonly overwrite: number };
  readonly from: { readonly newest: number; readonly oldest: number; readonly next: number };
  readonly limits: {
    readonly maxPeers: number;
    readonly maxSegments: number;
    /** Bytes of a ring's records. */
    readonly maxCapacity: number;
    /** Bytes of the envelope of a unit that lies in a segment. */
    readonly segmentEnvelopeBytes: number;
    /** A batch has units of at most this many bytes, envelope included. */
    readonly batchedBytes: number;
    /** Longest time between two looks of a waiting call. A lost wake-up costs at most this time. */
    readonly recheckMs: number;
  };
}

export interface NativeLostPeer {
  pid: number;
  role: 'writer' | 'reader';
  reclaimedUnits: number;
  reclaimedLeases: number;
}

export interface NativeAttachment {
  config(): NativeConfig;
  handle(): string;
  writer(waitForReaders: boolean): NativeWriter;
  /** `from`: of `constants.from`. `hardened`: maps each lease at an address of its own. */
  reader(from: number, hardened: boolean): NativeReader | NativeBroadcastReader;
  stats(): ArenaStats;
  /** Calls `onLook` when a waiting call may go on. `rung`: the doorbell was rung for this attachment. */
  listen(
    onLook: (rung: boolean) => void,
    onLost: (peer: NativeLostPeer) => void,
    onAsked: () => void,
  ): void;
  /** Whether waiting keeps the event loop alive. */
  ref(alive: boolean): void;
  /** Calls `onLook` after this time, unless a ring comes before. */
  lookWithin(milliseconds: number): void;
  checkPeers(): void;
  peerStates(): { pid: number; role: 'writer' | 'reader' }[];
  /** Admits no further writer. */
  declareEnd(): void;
  /** [pid, thread id, ...] of the writers and readers that joined last. */
  arrivals(): number[];
  /** Number of writers that came after the end. */
  refusedWriters(): number;
  /** `processes`: adds the kernel's facts of each peer's process, which costs reading some files. */
  snapshot(processes: boolean): ArenaSnapshot;
  /** Indices of the writers and readers of this attachment. */
  ownPeers(): number[];
  /** Asks a peer to look at the segments and records that it holds, because peers wait for them. */
  ask(index: number): void;
  close(): void;
}

/** [pid, milliseconds] of the open unit that no reader passes; -1 when its age is not known. */
export type NativeUnended = [pid: number, milliseconds: number];

export interface NativeWriter {
  /** The unit's buffer. Leaves `status`, `id` and `copied` (1 when the commit copies the buffer). */
  tryAcquire(byteLength: number, envelope?: Uint8Array): ArrayBuffer | undefined;
  /** The same for a unit whose commit found no place. */
  reopen(id: number): ArrayBuffer | undefined;
  /** Units of up to `queueLimit` bytes go into the queue, larger ones into a segment, if there are segments. */
  tryWrite(bytes: Uint8Array, envelope: Uint8Array | undefined, queueLimit: number): Status;
  /**
   * Leaves `count`, how many of some hundred units from `first` on were written. `ok` unless one could
   * not be; `fair` stops once a turn of the event loop is due. It stops before a unit whose buffer was
   * transferred away.
   */
  tryWriteMany(
    units: readonly Uint8Array[],
    first: number,
    queueLimit: number,
    fair: boolean,
  ): Status;
  /** Copies the unit's buffer, unless the caller has emptied it before. */
  commit(id: number, byteLength: number, buffer: ArrayBuffer): Status;
  /** `emptied`: the unit's buffer was emptied. The memory of a moved buffer comes free with its new buffer. */
  abort(id: number, emptied: boolean): void;
  /**
   * Keeps the unit's memory until `unhold`, even after the end of the unit. True when the memory belongs to
   * JavaScript: then the caller keeps it.
   */
  hold(id: number): boolean;
  unhold(id: number): void;
  isHeld(id: number): boolean;
  /** `timeoutMs` below 0 waits for ever. `continued` counts this wait as part of the wait before. */
  wait(
    byteLength: number,
    envelopeLength: number,
    queueLimit: number,
    timeoutMs: number,
    spinMicroseconds: number,
    continued: boolean,
  ): Status;
  /** `ok` when there may be room already, otherwise `full`. */
  arm(byteLength: number, envelopeLength: number, queueLimit: number): Status;
  disarm(): void;
  flush(): void;
  /** `ok`, or `peerLost` or `noReaders` when no reader is left that could make room. */
  stranded(): Status;
  addWait(nanoseconds: number): void;
  /** The free room. `bytes` and `records` are those of the queue. */
  freeRoom(): [segments: number, bytes: number, records: number];
  slowestReader(): [lag: number, pid: number] | undefined;
  heldUpBy(): NativeUnended | undefined;
  /** After `wait` until a deadline: this process does not go on with it. */
  endWait(): void;
  close(): void;
}

export interface NativeReader {
  /**
   * The unit's buffer. Leaves `status`, `id` (0 needs no release), `zeroCopy` and `envelopeLength`. The
   * envelope goes to `envelopes` from `at` on.
   */
  take(envelopes: Uint8Array, at: number): ArrayBuffer | undefined;
  /** Leaves `byteLength`, and the envelope. `tooLarge` when `target` is shorter: the unit stays unread. */
  takeInto(target: Uint8Array): Status;
  /**
   * Copies units into `slab`, while it has room for the largest unit of a batch. Leaves `status`, `count` and
   * `count` rows. When the first unit is leased or larger, it reads that unit alone, as `take`.
   */
  takeMany(
    slab: Uint8Array,
    max: number,
    ...single: Parameters<NativeReader['take']>
  ): ArrayBuffer | undefined;
  /** After `quiet`: `ended`, or `empty` when a writer has come meanwhile. */
  endQuietStream(): Status;
  /** After `peerLost`: `peerLost` again, or `empty` when a writer has come meanwhile. */
  confirmLoss(): Status;
  /** `emptied`: the lease's buffer was emptied. A moved lease ends with its new buffer. */
  release(id: number, emptied: boolean): void;
  hold(id: number): void;
  unhold(id: number): void;
  wait(timeoutMs: number, spinMicroseconds: number, continued: boolean): Status;
  /** `ok` when a unit can be read already, otherwise `empty`. */
  arm(units: number): Status;
  disarm(): void;
  addWait(nanoseconds: number): void;
  heldUpBy(): NativeUnended | undefined;
  /** After `wait` until a deadline: this process does not go on with it. */
  endWait(): void;
  onLeak(listener: (id: number) => void): void;
  close(): void;
}

/** A reader that sees every unit. */
export interface NativeBroadcastReader extends NativeReader {
  /** Leaves offset and length of bytes and envelope in `records()`. For rings. */
  borrow(): Status;
  /** `ok`, or `lapped` when the record was overtaken. */
  endLoan(): Status;
  overtaken(): boolean;
  /** The ring's bytes, twice in a row, from an offset on, as many as the runtime views. Ends the views before. */
  records(from: number): ArrayBuffer | undefined;
  lag(): number;
  lost(): number;
  syncToNewest(): void;
}

export interface NativeNamedArena {
  name: string;
  byteLength: number;
  creatorPid: number;
  creatorAlive: boolean;
  attached: boolean;
  compatible: boolean;
}

/** The parts of an environment that the addon needs. */
interface Environment {
  makeError(code: ArenaErrorCode, message: string): Error;
  empty(buffer: ArrayBuffer): boolean;
  /** Whether it ends before the process does. */
  inThread: boolean;
  maxViewBytes: number;
}

export interface NativeAddon {
  /** Of the package that the addon was built for. */
  readonly version: string;
  Attachment: {
    new (plan: NativePoolPlan | NativeRingPlan, threadId: number): NativeAttachment;
    new (handle: string, populate: boolean, threadId: number): NativeAttachment;
  };
  initialize(environment: Environment): void;
  /** False for a buffer that is detached already. */
  detach(buffer: ArrayBuffer): boolean;
  isDetached(buffer: ArrayBuffer): boolean;
  copyBytes(target: Uint8Array, source: Uint8Array): void;
  /** Holds the open unit of this thread in which the bytes lie; undefined without such a unit. */
  holdUnitOf(bytes: Uint8Array): [writer: NativeWriter, id: number] | undefined;
  readonly results: NativeResults;
  readonly constants: NativeConstants;
  /** Whether a turn of the event loop is due now; leaves `turnDue` as well. */
  turnIsDue(): boolean;
  /** Tells that a turn of the event loop has come. */
  turned(): void;
  /** Lets other threads on this core run first. */
  yieldCpu(): void;
  listNamed(): NativeNamedArena[];
  sweepNamed(): string[];
  availableMemory(): number;
  /** Looks at the arena in a file, without attaching. `reachedBy` is for the error. */
  inspect(path: string, reachedBy: string): ArenaSnapshot;
}
