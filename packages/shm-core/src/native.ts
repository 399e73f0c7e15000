import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { detachedTest, emptier, maxViewBytes } from './array-buffers.js';
import type { ArenaSnapshot } from './diagnosis/snapshot.js';
import { ArenaError, type ArenaErrorCode } from './errors.js';

/** Outcomes of native calls, in the order of `Status` in native/core/failure.hpp. */
export const Status = {
  ok: 0,
  empty: 1,
  full: 2,
  tooLarge: 3,
  ended: 4,
  quiet: 5,
  peerLost: 6,
  noReaders: 7,
  lapped: 8,
  timedOut: 9,
  closed: 10,
  unitEnded: 11,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** RegionConfig of native/core/layout.hpp. */
export interface NativeConfig {
  /** 1 pool, 2 ring. */
  readonly kind: number;
  /** 0 fail, 1 wait, 2 overwrite. */
  readonly whenFull: number;
  readonly capacity: number;
  readonly granuleShift: number;
  readonly cellCount: number;
  readonly peerCount: number;
  readonly segmentCount: number;
  readonly segmentSize: number;
  readonly envelopeBytes: number;
  readonly broadcast: number;
  /** 0 for ever. */
  readonly unitTimeoutMs: number;
  /** How many writers will come; 0 when the creator does not know. */
  readonly writers: number;
  /** The largest unit of a ring of slots; 0 where the capacity is the only limit. */
  readonly slotBytes: number;
}

export interface NativeCreateOptions extends NativeConfig {
  readonly populate: boolean;
  readonly name?: string | undefined;
}

export interface NativeAttachedConfig extends NativeConfig {
  readonly totalBytes: number;
  readonly creatorPid: number;
}

export interface NativeLostPeer {
  pid: number;
  role: 'writer' | 'reader';
  reclaimedUnits: number;
  reclaimedLeases: number;
}

export interface NativeAttachment {
  config(): NativeAttachedConfig;
  handle(): string;
  writer(waitForReaders: boolean): NativeWriter;
  /** `from`: 0 newest, 1 oldest, 2 next. `hardened`: each lease at an address of its own. */
  reader(from: number, hardened: boolean): NativeReader;
  stats(): import('./arena.js').ArenaStats;
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
  /**
   * Of the unit that was opened last: its id, and 1 where its buffer is copied by the commit. Then
   * how many units native code writes to.
   */
  readonly opened: Uint32Array;
  tryAcquire(byteLength: number, envelope?: Uint8Array): Status | ArrayBuffer;
  /** Another buffer of a unit whose commit found no place. */
  reopen(id: number): Status | ArrayBuffer;
  tryWrite(bytes: Uint8Array, envelope: Uint8Array | undefined, inline: boolean): Status;
  /**
   * The index after the last written, or -1 - status when none was. `fair` stops once a turn of the
   * event loop is due.
   */
  tryWriteMany(
    units: readonly Uint8Array[],
    first: number,
    inlineBytes: number,
    fair: boolean,
  ): number;
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
    timeoutMs: number,
    spinMicroseconds: number,
    continued: boolean,
  ): Status;
  arm(byteLength: number, envelopeLength: number): boolean;
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

/** Receives an envelope too large for the slab: an array would have to be made for every unit. */
export type EnvelopeHolder = [ArrayBuffer | undefined];

export interface NativeReader {
  /** What calls return beside their result: 1024 rows of four numbers. */
  readonly table: Float64Array;
  /**
   * The unit's bytes; the table's first row becomes [id, zeroCopy, envelopeLength]. The envelope goes
   * into `slab` at `at`, and where that has no room, into `holder`.
   */
  take(slab: Uint8Array, at: number, holder: EnvelopeHolder): Status | ArrayBuffer;
  /** A negative number is minus the bytes that `target` would need. */
  takeInto(target: Uint8Array): number | [byteLength: number, envelope: ArrayBuffer | undefined];
  /**
   * Copies units into `slab`, while it has room for the largest that is copied so; a row of the table
   * becomes [offset, byteLength, envelopeOffset, envelopeLength] for each. Returns minus how many. A
   * `Status` when there is none; where the first one is leased or larger, that one alone, as `take` does.
   */
  takeMany(
    slab: Uint8Array,
    max: number,
    ...single: Parameters<NativeReader['take']>
  ): Status | number | ArrayBuffer;
  /** Fills the table's first row as above, with offsets into `records()`. */
  borrow(): Status;
  /** False when the record was overtaken. */
  endLoan(): boolean;
  overtaken(): boolean;
  /** The ring's bytes, twice in a row, from one on; as many as the runtime views. Ends the ones before. */
  records(from: number): ArrayBuffer | undefined;
  /** After `quiet`: ends the stream. False when a writer has come meanwhile. */
  endQuietStream(): boolean;
  /** `emptied`: whether the lease's buffer was. One that was moved ends with what it is now. */
  release(id: number, emptied: boolean): void;
  hold(id: number): void;
  unhold(id: number): void;
  wait(timeoutMs: number, spinMicroseconds: number, continued: boolean): Status;
  arm(units: number): boolean;
  disarm(): void;
  addWait(nanoseconds: number): void;
  heldUpBy(): NativeUnended | undefined;
  /** After `wait` until a deadline: this process does not go on with it. */
  endWait(): void;
  lag(): number;
  lost(): number;
  syncToNewest(): void;
  onLeak(listener: (id: number) => void): void;
  close(): void;
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

interface NativeAddon {
  Attachment: {
    new (options: NativeCreateOptions, threadId: number): NativeAttachment;
    new (handle: string, populate: boolean, threadId: number): NativeAttachment;
  };
  initialize(environment: Environment): void;
  /** False for a buffer that is detached already. */
  detach(buffer: ArrayBuffer): boolean;
  isDetached(buffer: ArrayBuffer): boolean;
  copyBytes(target: Uint8Array, source: Uint8Array): void;
  /** Holds the open unit that the bytes lie in; undefined where they lie in none of this thread. */
  holdUnitOf(bytes: Uint8Array): [writer: NativeWriter, id: number] | undefined;
  /** One element: 1 where a turn of the event loop was due at the latest call that moved a unit. */
  readonly turnDue: Uint32Array;
  /** Whether a turn is due now; `turnDue` tells as well. */
  turnIsDue(): boolean;
  /** Lets whatever else wants this core run first. */
  yieldCpu(): void;
  listNamed(): NativeNamedArena[];
  sweepNamed(): string[];
  availableMemory(): number;
  /** Looks at the arena in a file, without attaching. `reachedBy` is for the error. */
  inspect(path: string, reachedBy: string): ArenaSnapshot;
}

const packageRoot = new URL('../', import.meta.url);

/** Path of a file of this package's native build: shipped prebuilt, or built in the checkout. */
function nativePath(name: string, built: string): string {
  const candidates = [`prebuilds/${process.platform}-${process.arch}/${name}`, `build/${built}`];
  const paths = candidates.map((candidate) => fileURLToPath(new URL(candidate, packageRoot)));
  const found = paths.find((path) => existsSync(path));
  if (found) return found;
  throw new ArenaError(
    'ERR_ARENA_SYSTEM',
    `the native part of arena is missing for ${process.platform}-${process.arch} (looked for ${paths.join(', ')}). Build it with \`npm run build\` in the checkout.`,
  );
}

const path = nativePath('arena_shm.node', 'Release/arena_shm.node');
export const native: NativeAddon = createRequire(import.meta.url)(path);

/** Makes every view of a buffer empty; see {@link emptier}. */
export const empty = emptier(native.detach);
export const isDetached = detachedTest(native.isDetached);

native.initialize({
  makeError: (code, message) => new ArenaError(code, message),
  empty,
  inThread: !isMainThread,
  maxViewBytes,
});
