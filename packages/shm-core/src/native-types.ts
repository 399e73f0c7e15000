/** The functions of the addon, and what they take and return. */
import type { ArenaStats } from './arena.js';
import type { ArenaSnapshot } from './diagnosis/snapshot.js';
import type { ArenaErrorCode } from './errors.js';

/**
 * How a call ended. Calls that do something with units, or wait, return one and leave the rest of their
 * result in {@link NativeResults}. A call that makes an ArrayBuffer returns that instead, or undefined,
 * and leaves its status there as well: a buffer that is put into a list costs a tenth of a lease.
 *
 * The addon says which number is which: see `Status` in native.ts.
 */
export type Status = number & { readonly [status]: true };
declare const status: unique symbol;

/** What every arena can be asked for. The core decides what is left out. */
interface NativePlan {
  /** Of `constants.kind`. */
  readonly kind: number;
  readonly peers: number | undefined;
  readonly unitTimeoutMs: number | undefined;
  /** How many writers will come; 0 when the creator does not know. */
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

/** RegionConfig of native/core/layout.hpp, and who made the region. */
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
  /** The largest unit of a ring of slots; 0 where the capacity is the only limit. */
  readonly slotBytes: number;
  readonly totalBytes: number;
  readonly creatorPid: number;
}

/** What calls leave beside their status, until the next call: for all readers and writers of a thread. */
export interface NativeResults {
  readonly numbers: Float64Array;
  /** Of a batch, `rowLength` numbers for each unit. */
  readonly rows: Uint32Array;
  /** An envelope for which the caller's memory had no room. To be taken out. */
  readonly apart: [envelope: ArrayBuffer | undefined];
  /** Where each number lies in `numbers`. */
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
    /** Holds on open units: calls of native code that have not ended. */
    readonly holds: number;
    readonly turnDue: number;
  };
  /** Where each number lies in a row. */
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
    /** A batch has units of at most so many bytes, envelope included. */
    readonly batchedBytes: number;
    /** Longest time between two looks of a call that waits: what a lost wake-up can cost at most. */
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
  /** `from`: of `constants.from`. `hardened`: each lease at an address of its own. */
  reader(from: number, hardened: boolean): NativeReader | NativeBroadcastReader;
  stats(): ArenaStats;
  /** `onLook`: something may have become possible for a waiting call; `rung` where it asked for that. */
  listen(
    onLook: (rung: boolean) => void,
    onLost: (peer: NativeLostPeer) => void,
    onAsked: () => void,
  ): void;
  /** Whether waiting keeps the event loop alive. */
  ref(alive: boolean): void;
  /** Calls `onLook` after so long, unless a ring comes before. */
  lookWithin(milliseconds: number): void;
  checkPeers(): void;
  peerStates(): { pid: number; role: 'writer' | 'reader' }[];
  /** No further writer is admitted. */
  declareEnd(): void;
  /** [pid, thread id, ...] of the writers and readers that joined last. */
  arrivals(): number[];
  /** How many writers came after the end. */
  refusedWriters(): number;
  /** `processes`: with what the kernel says of each peer's process, which takes reading some files. */
  snapshot(processes: boolean): ArenaSnapshot;
  /** Indices of the writers and readers that were opened here. */
  ownPeers(): number[];
  /** Asks a peer to look at what it holds, because others wait for that. */
  ask(index: number): void;
  close(): void;
}

/** Whose open unit nobody passes, and for how long it has been open; -1 where that is not known. */
export type NativeUnended = [pid: number, milliseconds: number];

export interface NativeWriter {
  /** The unit's buffer. Leaves `status`, `id` and `copied`: 1 where the commit copies the buffer. */
  tryAcquire(byteLength: number, envelope?: Uint8Array): ArrayBuffer | undefined;
  /** The same for a unit whose commit found no place. */
  reopen(id: number): ArrayBuffer | undefined;
  /** Up to `queueLimit` bytes go into the queue, more into a segment, where there are segments. */
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
  /** The unit's buffer is copied, or was emptied before. */
  commit(id: number, byteLength: number, buffer: ArrayBuffer): Status;
  /** `emptied`: whether the unit's buffer was. One that was moved is given up with what it is now. */
  abort(id: number, emptied: boolean): void;
  /**
   * Keeps the unit's memory until `unhold`, whatever ends the unit. True where the memory is
   * JavaScript's own, which the caller keeps.
   */
  hold(id: number): boolean;
  unhold(id: number): void;
  isHeld(id: number): boolean;
  /** `timeoutMs` below 0 waits for ever; `continued` counts as part of the wait before. */
  wait(
    byteLength: number,
    envelopeLength: number,
    queueLimit: number,
    timeoutMs: number,
    spinMicroseconds: number,
    continued: boolean,
  ): Status;
  /** `ok` when there may be room already, else `full`. */
  arm(byteLength: number, envelopeLength: number, queueLimit: number): Status;
  disarm(): void;
  flush(): void;
  /** `ok`, or why nobody is left who could make room: `peerLost` or `noReaders`. */
  stranded(): Status;
  addWait(nanoseconds: number): void;
  /** What is free now; `bytes` and `records` are the queue's. */
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
   * Copies units into `slab`, while it has room for the largest that is copied so. Leaves `status`,
   * `count` and as many rows. Where the first unit is leased or larger, that one alone, as `take`.
   */
  takeMany(
    slab: Uint8Array,
    max: number,
    ...single: Parameters<NativeReader['take']>
  ): ArrayBuffer | undefined;
  /** After `quiet`: `ended`, or `empty` when a writer has come meanwhile. */
  endQuietStream(): Status;
  /** `emptied`: whether the lease's buffer was. One that was moved ends with what it is now. */
  release(id: number, emptied: boolean): void;
  hold(id: number): void;
  unhold(id: number): void;
  wait(timeoutMs: number, spinMicroseconds: number, continued: boolean): Status;
  /** `ok` when there is something to read already, else `empty`. */
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
  /** The ring's bytes, twice in a row, from one on; as many as the runtime views. Ends the ones before. */
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

/** What the addon needs of the environment that it is loaded in. */
interface Environment {
  makeError(code: ArenaErrorCode, message: string): Error;
  empty(buffer: ArrayBuffer): boolean;
  /** Whether it ends before the process does. */
  inThread: boolean;
  maxViewBytes: number;
}

export interface NativeAddon {
  Attachment: {
    new (plan: NativePoolPlan | NativeRingPlan, threadId: number): NativeAttachment;
    new (handle: string, populate: boolean, threadId: number): NativeAttachment;
  };
  initialize(environment: Environment): void;
  /** False for a buffer that is detached already. */
  detach(buffer: ArrayBuffer): boolean;
  isDetached(buffer: ArrayBuffer): boolean;
  copyBytes(target: Uint8Array, source: Uint8Array): void;
  /** Holds the open unit that the bytes lie in; undefined where they lie in none of this thread. */
  holdUnitOf(bytes: Uint8Array): [writer: NativeWriter, id: number] | undefined;
  readonly results: NativeResults;
  readonly constants: NativeConstants;
  /** Whether a turn of the event loop is due now; leaves `turnDue` as well. */
  turnIsDue(): boolean;
  /** Lets whatever else wants this core run first. */
  yieldCpu(): void;
  listNamed(): NativeNamedArena[];
  sweepNamed(): string[];
  availableMemory(): number;
  /** Looks at the arena in a file, without attaching. `reachedBy` is for the error. */
  inspect(path: string, reachedBy: string): ArenaSnapshot;
}
