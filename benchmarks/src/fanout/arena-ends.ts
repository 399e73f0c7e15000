import { ArenaError, type Lease, type Writer } from '@arena/shm-core';
import { FanOutPool, type FanOutReader } from '@arena/transport-pool';
import { type Borrowed, RingBuffer, type RingReader } from '@arena/transport-ring';
import type { FanoutConfig } from './config.js';
import type { ReadEnd, WriteEnd } from './endpoints.js';

type FanoutArena = RingBuffer | FanOutPool;

/** The arena of a run, with places for all of its processes. Its stream ends when all of its writers have closed. */
export function createArena(config: FanoutConfig): FanoutArena {
  const { transport, slots, slotBytes, whenFull, readers, writers } = config;
  const maxPeers = readers + writers;
  if (transport === 'ring') {
    return RingBuffer.create({ slots, slotBytes, whenFull, maxPeers, writers });
  }
  return FanOutPool.create({ segmentSize: slotBytes, segmentCount: slots, maxPeers, writers });
}

export const attachArena = (transport: 'ring' | 'pool', handle: string): FanoutArena =>
  transport === 'ring' ? RingBuffer.attach(handle) : FanOutPool.attach(handle);

const hasCode = (error: unknown, code: string): error is ArenaError =>
  error instanceof ArenaError && error.code === code;

export class ArenaWriteEnd implements WriteEnd {
  readonly #writer: Writer;

  constructor(private readonly arena: FanoutArena) {
    this.#writer = arena.writer();
  }

  tryWrite(records: readonly Uint8Array[]): number {
    const [only] = records;
    if (records.length > 1 || only === undefined) return this.#writer.tryWriteMany(records);
    return this.#writer.tryWrite(only) ? 1 : 0;
  }

  async write(records: readonly Uint8Array[], timeoutMs: number): Promise<number> {
    try {
      await this.#writer.writeMany(records, { timeoutMs });
      return records.length;
    } catch (error) {
      if (!hasCode(error, 'ERR_ARENA_FULL')) throw error;
      return Number(error.details.written ?? 0);
    }
  }

  close() {
    this.#writer.close();
    this.arena.close();
  }
}

/** Readers read from the first record on, even when a writer is ready before them. */
const fromFirst = { from: 'oldest' } as const;

/** What reading loans and reading leases have in common. */
abstract class ArenaReadEnd<R extends RingReader | FanOutReader> implements ReadEnd {
  constructor(
    private readonly arena: FanoutArena,
    protected readonly reader: R,
  ) {}

  abstract readonly lost: number;
  abstract tryRead(): Uint8Array | undefined;
  abstract wait(): Promise<boolean>;
  abstract release(): boolean;

  get lag(): number {
    return this.reader.lag;
  }

  close() {
    this.reader.close();
    this.arena.close();
  }

  /** Reads on after a writer has passed this reader. `lost` says how many records that took. */
  protected skippingLost<T>(read: () => T): T {
    for (;;) {
      try {
        return read();
      } catch (error) {
        if (!hasCode(error, 'ERR_ARENA_LAPPED')) throw error;
      }
    }
  }

  protected async waitSkippingLost<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (!hasCode(error, 'ERR_ARENA_LAPPED')) throw error;
      }
    }
  }
}

/** Reads a ring's records in place. */
export class LoanReadEnd extends ArenaReadEnd<RingReader> {
  #loan: Borrowed | null = null;
  #taken = false;
  readonly #borrow = () => this.reader.tryBorrow();

  constructor(arena: RingBuffer) {
    super(arena, arena.reader(fromFirst));
  }

  get lost(): number {
    return this.reader.lost;
  }

  tryRead() {
    if (!this.#loan || this.#taken) this.#loan = this.skippingLost(this.#borrow);
    this.#taken = true;
    return this.#loan?.bytes;
  }

  async wait() {
    this.#loan = await this.waitSkippingLost(() => this.reader.borrow());
    this.#taken = false;
    return this.#loan !== null;
  }

  release() {
    this.#loan?.release();
    return this.#loan?.overtaken !== true;
  }
}

/** Reads leases: segments of a pool, or records that are copied out of a ring in batches. */
export class LeaseReadEnd extends ArenaReadEnd<RingReader | FanOutReader> {
  #leases: Lease[] = [];
  #next = 0;
  #current: Lease | undefined;
  readonly #read = () => (this.batch > 1 ? this.reader.tryReadMany(this.batch) : this.#readOne());

  constructor(
    arena: FanoutArena,
    private readonly batch: number,
  ) {
    super(arena, arena.reader(fromFirst));
  }

  /** No writer takes a unit from a reader of a pool. */
  get lost(): number {
    return 'lost' in this.reader ? this.reader.lost : 0;
  }

  tryRead() {
    if (this.#next === this.#leases.length) this.#refill(this.skippingLost(this.#read));
    this.#current = this.#leases[this.#next];
    if (this.#current) this.#next += 1;
    return this.#current?.bytes;
  }

  async wait() {
    const leases = await this.waitSkippingLost(() => this.reader.readMany(this.batch));
    this.#refill(leases ?? []);
    return leases !== null;
  }

  release() {
    this.#current?.release();
    return true;
  }

  #readOne() {
    const lease = this.reader.tryRead();
    return lease ? [lease] : [];
  }

  #refill(leases: Lease[]) {
    this.#leases = leases;
    this.#next = 0;
  }
}
