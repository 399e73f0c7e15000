/** A peer that holds one arena, and writes and reads records on command. */
import type {
  Arena,
  ArenaStats,
  Lease,
  OpenUnit,
  Reader,
  ReaderOptions,
  Writer,
} from '@arena/shm-core';
import { fillRecord, makeRecord, type RecordId, readRecord } from '../sequence.js';
import type { ArenaClass } from '../transport.js';
import { servePeer } from './serve.js';

/** A run of records that one writer writes. */
export interface RecordRun {
  readonly writer: number;
  /** The number of the first record; 0 by default. */
  readonly first?: number | undefined;
  readonly count: number;
  readonly byteLength: number;
}

let arenaClass: ArenaClass | undefined;
let arena: Arena | undefined;
let writer: Writer | undefined;
let reader: Reader | undefined;
let units: OpenUnit[] = [];
let leases: Lease[] = [];

function existing<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`this peer has no ${what} yet`);
  return value;
}

const theArena = () => existing(arena, 'arena');

function theWriter(): Writer {
  writer ??= theArena().writer();
  return writer;
}

function theReader(): Reader {
  reader ??= theArena().reader();
  return reader;
}

function* idsOf({ writer, first = 0, count }: RecordRun): Generator<RecordId> {
  for (let sequence = first; sequence < first + count; sequence++) yield { writer, sequence };
}

/** Takes the record out of a lease, and releases it. */
function consume(lease: Lease): RecordId {
  const id = readRecord(lease.bytes);
  lease.release();
  return id;
}

const commands = {
  async use(module: string, className: string): Promise<void> {
    arenaClass = (await import(module))[className] as ArenaClass;
  },
  attach(handle: string | { name: string }): void {
    arena = existing(arenaClass, 'class').attach(handle);
  },
  /** Returns the handle. */
  create(options: object): string {
    arena = existing(arenaClass, 'class').create(options);
    return arena.handle;
  },
  handle: (): string => theArena().handle,
  stats: (): ArenaStats => theArena().stats(),
  openWriter: (): void => void theWriter(),
  openReader(options: ReaderOptions = {}): void {
    reader = theArena().reader(options);
  },
  endStream: (): void => theArena().end(),
  closeWriter: (): void => theWriter().close(),
  closeReader: (): void => theReader().close(),
  closeArena: (): void => theArena().close(),

  /** Fills each record in place. */
  async write(run: RecordRun): Promise<void> {
    for (const id of idsOf(run)) {
      const unit = await theWriter().acquire(run.byteLength);
      fillRecord(unit.bytes, id);
      unit.commit();
    }
  },
  /** Copies each record in, blocking the thread. */
  writeSync(run: RecordRun): void {
    for (const id of idsOf(run)) theWriter().writeSync(makeRecord(run.byteLength, id));
  },
  /** Units that begin with their number. Each second unit has its number as the envelope, too. */
  writeNumbered({
    count,
    byteLength,
  }: {
    readonly count: number;
    readonly byteLength: number;
  }): void {
    const bytes = new Uint32Array(byteLength / 4);
    for (let number = 0; number < count; number++) {
      bytes[0] = number;
      const envelope = number % 2 === 0 ? new Uint8Array(bytes.buffer, 0, 4) : undefined;
      theWriter().writeSync(new Uint8Array(bytes.buffer), { envelope });
    }
  },
  /** Opens a unit, fills half of it and keeps it open. */
  async leaveOpen(byteLength: number): Promise<void> {
    const unit = await theWriter().acquire(byteLength);
    unit.bytes.fill(1, 0, byteLength / 2);
    units.push(unit);
  },
  commitOpen(): void {
    for (const unit of units) unit.commit();
    units = [];
  },

  /** The next `count` records, or fewer when the stream ends. */
  async read(count = Number.POSITIVE_INFINITY): Promise<RecordId[]> {
    const seen: RecordId[] = [];
    while (seen.length < count) {
      const lease = await theReader().read();
      if (lease === null) break;
      seen.push(consume(lease));
    }
    return seen;
  },
  readSync(count = Number.POSITIVE_INFINITY): RecordId[] {
    const seen: RecordId[] = [];
    while (seen.length < count) {
      const lease = theReader().readSync();
      if (lease === null) break;
      seen.push(consume(lease));
    }
    return seen;
  },
  /** Takes `count` leases and keeps them. */
  async lease(count: number): Promise<void> {
    for (let taken = 0; taken < count; taken++) {
      const lease = await theReader().read();
      if (lease === null) throw new Error(`the stream ended after ${taken} leases`);
      leases.push(lease);
    }
  },
  /** The records in the kept leases. */
  leased: (): RecordId[] => leases.map(({ bytes }) => readRecord(bytes)),
  releaseAll(): void {
    for (const lease of leases) lease.release();
    leases = [];
  },

  exit: (code: number): void => process.exit(code),
  throwUncaught(): void {
    setImmediate(() => {
      throw new Error('uncaught in the peer');
    });
  },
};

export type EndpointCommands = typeof commands;

servePeer(commands);
