/** An arena inside one process: the contract without shared memory, and with limits to trip over. */
import {
  ArenaError,
  type AsyncWaitOptions,
  type Lease,
  type OpenUnit,
  type Reader,
  type UnitOptions,
  type Writer,
} from '@arena/shm-core';

/** What a segment has room for beside its bytes, and without any. */
const envelopeBytesBesideUnit = 1024;
const envelopeBytesAlone = 65536;
/** What shared memory holds before it is filled: whatever was there. */
const staleByte = 0xee;

export class FakeLease implements Lease {
  bytes: Uint8Array;
  readonly envelope: Uint8Array;
  readonly zeroCopy: boolean;
  releases = 0;

  constructor(bytes: Uint8Array, envelope: Uint8Array, zeroCopy = true) {
    this.bytes = bytes;
    this.envelope = envelope;
    this.zeroCopy = zeroCopy;
  }

  get active(): boolean {
    return this.releases === 0;
  }

  hold(): () => void {
    return () => {};
  }

  release(): void {
    this.releases++;
    if (this.releases > 1) return;
    structuredClone(this.bytes.buffer, { transfer: [this.bytes.buffer as ArrayBuffer] });
    this.bytes = new Uint8Array(0);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

interface StoredUnit {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

/** A queue of at most `units` units. Nothing waits: what would, fails. */
export class FakeArena {
  readonly queue: StoredUnit[] = [];
  readonly leases: FakeLease[] = [];
  readonly units: number;
  readonly zeroCopy: boolean;
  openUnits = 0;
  writerClosed = false;

  constructor({ units = Number.POSITIVE_INFINITY, zeroCopy = true } = {}) {
    this.units = units;
    this.zeroCopy = zeroCopy;
  }

  open(byteLength: number, { envelope = new Uint8Array(0) }: UnitOptions = {}): OpenUnit | null {
    const limit = byteLength > 0 ? envelopeBytesBesideUnit : envelopeBytesAlone;
    if (envelope.byteLength > limit) {
      throw new RangeError(`envelope of ${envelope.byteLength} bytes, ${limit} fit`);
    }
    if (this.queue.length + this.openUnits >= this.units) return null;
    this.openUnits++;
    return this.#unit(new Uint8Array(byteLength).fill(staleByte), envelope.slice());
  }

  take(): FakeLease | null {
    const unit = this.queue.shift();
    if (unit === undefined) return null;
    const lease = new FakeLease(unit.bytes, unit.envelope, this.zeroCopy);
    this.leases.push(lease);
    return lease;
  }

  #unit(bytes: Uint8Array, envelope: Uint8Array): OpenUnit {
    let open = true;
    const end = (commit: boolean) => {
      if (!open) return;
      open = false;
      this.openUnits--;
      if (commit) this.queue.push({ bytes, envelope });
    };
    return {
      bytes,
      commit: () => end(true),
      abort: () => end(false),
      [Symbol.dispose]: () => end(false),
    };
  }
}

/** What item writers and readers use of the contract. */
type UsedOfWriter = Omit<Writer, 'writeMany' | 'tryWriteMany' | 'flush'>;
type UsedOfReader = Pick<
  Reader,
  'read' | 'tryRead' | 'readSync' | 'ended' | 'close' | 'closed' | typeof Symbol.dispose
>;

export class FakeWriter implements UsedOfWriter {
  readonly #arena: FakeArena;
  /** How the last call was made. */
  lastOptions: AsyncWaitOptions & UnitOptions = {};

  constructor(arena: FakeArena) {
    this.#arena = arena;
  }

  tryAcquire(byteLength: number, options?: UnitOptions): OpenUnit | null {
    this.lastOptions = options ?? {};
    return this.#arena.open(byteLength, options);
  }

  acquireSync(byteLength: number, options?: UnitOptions): OpenUnit {
    const unit = this.tryAcquire(byteLength, options);
    if (unit === null) throw new ArenaError('ERR_ARENA_FULL', 'shared-memory arena full');
    return unit;
  }

  async acquire(byteLength: number, options?: AsyncWaitOptions & UnitOptions): Promise<OpenUnit> {
    return this.acquireSync(byteLength, options);
  }

  tryWrite(bytes: Uint8Array, options?: UnitOptions): boolean {
    const unit = this.tryAcquire(bytes.byteLength, options);
    unit?.bytes.set(bytes);
    unit?.commit();
    return unit !== null;
  }

  writeSync(bytes: Uint8Array, options?: UnitOptions): void {
    const unit = this.acquireSync(bytes.byteLength, options);
    unit.bytes.set(bytes);
    unit.commit();
  }

  async write(bytes: Uint8Array, options?: AsyncWaitOptions & UnitOptions): Promise<void> {
    this.writeSync(bytes, options);
  }

  close(): void {
    this.#arena.writerClosed = true;
  }

  get closed(): boolean {
    return this.#arena.writerClosed;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

export class FakeReader implements UsedOfReader {
  readonly #arena: FakeArena;
  closed = false;

  constructor(arena: FakeArena) {
    this.#arena = arena;
  }

  tryRead(): Lease | null {
    return this.#arena.take();
  }

  readSync(): Lease | null {
    const lease = this.tryRead();
    if (lease === null && !this.ended) throw new ArenaError('ERR_ARENA_TIMEOUT', 'nothing came');
    return lease;
  }

  async read(): Promise<Lease | null> {
    return this.readSync();
  }

  get ended(): boolean {
    return this.#arena.writerClosed && this.#arena.queue.length === 0;
  }

  close(): void {
    this.closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
