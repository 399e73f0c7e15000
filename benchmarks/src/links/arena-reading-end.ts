import type { Lease, Reader } from '@arena/shm-core';
import type { Borrowed, RingReader } from '@arena/transport-ring';
import { batchOf, type LinkArena } from './arena-link.js';
import {
  type Inspect,
  type LinkSpec,
  type Message,
  type ReadingEnd,
  type Receipt,
  ReceiptClock,
} from './link.js';

abstract class ArenaReadingEnd<R extends Reader> implements ReadingEnd {
  constructor(
    protected readonly reader: R,
    protected readonly sizeBytes: number,
  ) {}

  abstract next(): Promise<Message>;
  abstract receive(count: number, inspect?: Inspect): Promise<Receipt>;

  close(): void {
    this.reader.close();
  }
}

const ended = () => new Error('the other process closed the arena early');

/** Reads leases of segments, or of private copies. */
class Leasing extends ArenaReadingEnd<Reader> {
  async next(): Promise<Lease> {
    const lease = this.reader.tryRead() ?? (await this.reader.read());
    if (lease) return lease;
    throw ended();
  }

  nextSync(): Lease {
    const lease = this.reader.readSync();
    if (lease) return lease;
    throw ended();
  }

  async receive(count: number, inspect?: Inspect): Promise<Receipt> {
    const clock = new ReceiptClock(count);
    const max = batchOf(this.sizeBytes);
    for (;;) {
      const leases = max === 1 ? [await this.next()] : await this.reader.readMany(max);
      if (!leases) throw ended();
      const before = clock.received;
      const done = clock.add(leases.length);
      for (const [index, lease] of leases.entries()) {
        inspect?.(lease.bytes, before + index);
        lease.release();
      }
      if (done) return clock.stop();
    }
  }
}

/** Borrows a ring's records: nothing is copied. */
class Borrowing extends ArenaReadingEnd<RingReader> {
  async next(): Promise<Borrowed> {
    const record = this.reader.tryBorrow() ?? (await this.reader.borrow());
    if (record) return record;
    throw ended();
  }

  async receive(count: number, inspect?: Inspect): Promise<Receipt> {
    const clock = new ReceiptClock(count);
    for (;;) {
      const record = this.reader.tryBorrow() ?? (await this.next());
      const done = clock.add(1);
      inspect?.(record.bytes, clock.received - 1);
      record.release();
      if (done) return clock.stop();
    }
  }
}

export function arenaReadingEnd(
  arena: LinkArena,
  { copy, sizeBytes, spinMicroseconds }: LinkSpec,
): ReadingEnd {
  const options = { from: 'oldest', spinMicroseconds } as const;
  return !copy && arena.kind === 'ring'
    ? new Borrowing(arena.reader(options), sizeBytes)
    : new Leasing(arena.reader(options), sizeBytes);
}
