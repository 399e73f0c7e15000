import type { Arena, Borrowed, CopyOptions, Lease, Reader, Writer } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';
import {
  type Inspect,
  type LinkSpec,
  type Message,
  type ReadingEnd,
  type Receipt,
  ReceiptClock,
  roomBytesFor,
  roomFor,
  type WritingEnd,
} from './link.js';
import { type ArenaTransport, copyingTransportOf } from './transports.js';

/** Units that one call writes or reads. */
const batchUnits = 256;

/** Most bytes of a batch. A unit that is larger is a batch of its own. */
const batchBytes = 2 ** 18;

const batchOf = (sizeBytes: number) =>
  Math.max(1, Math.min(batchUnits, Math.floor(batchBytes / sizeBytes)));

/** An arena for one writer, with room for `roomFor(sizeBytes)` units in its queue and in its segments. */
export function createArena(transport: ArenaTransport, sizeBytes: number): Arena {
  const units = roomFor(sizeBytes);
  const bytes = roomBytesFor(sizeBytes);
  if (copyingTransportOf(transport) === 'ring') {
    return RingBuffer.create({
      capacity: bytes,
      maxRecords: units,
      whenFull: 'wait',
      writers: 1,
    });
  }
  return SegmentPool.create({
    segmentCount: units,
    segmentSize: sizeBytes,
    queueBytes: Math.max(bytes, 2 ** 20),
    writers: 1,
  });
}

export const attachArena = ({ transport, address }: LinkSpec): Arena =>
  copyingTransportOf(transport as ArenaTransport) === 'ring'
    ? RingBuffer.attach(address)
    : SegmentPool.attach(address);

/** Writes units, through the queue or into segments as `copy` says. */
class CopyingIn implements WritingEnd {
  constructor(
    private readonly writer: Writer,
    private readonly options: CopyOptions,
  ) {}

  sendOne(bytes: Uint8Array): Promise<void> | undefined {
    const { writer, options } = this;
    return writer.tryWrite(bytes, options) ? undefined : writer.write(bytes, options);
  }

  async send(payloads: readonly Uint8Array[], count: number): Promise<void> {
    const length = batchOf(payloads[0]?.byteLength ?? 1);
    if (length === 1) return this.#sendSingly(payloads, count);
    // Every batch begins with the first payload, so that the payloads rotate as in `#sendSingly`.
    const rounds = Math.ceil(length / payloads.length);
    const batch = Array.from({ length: rounds }, () => payloads).flat();
    let left = count;
    for (; left > batch.length; left -= batch.length)
      await this.writer.writeMany(batch, this.options);
    await this.writer.writeMany(batch.slice(0, left), this.options);
  }

  close(): void {
    this.writer.close();
  }

  async #sendSingly(payloads: readonly Uint8Array[], count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const waiting = this.sendOne(payloads[index % payloads.length] as Uint8Array);
      if (waiting) await waiting;
    }
  }
}

/** Fills units in place: nothing is copied. */
class FillingInPlace implements WritingEnd {
  constructor(private readonly writer: Writer) {}

  sendOne(bytes: Uint8Array): Promise<void> | undefined {
    const unit = this.writer.tryAcquire(bytes.byteLength);
    if (!unit) return this.#sendLater(bytes.byteLength);
    unit.commit();
    return undefined;
  }

  async send(payloads: readonly Uint8Array[], count: number, fill: boolean): Promise<void> {
    const byteLength = payloads[0]?.byteLength ?? 0;
    for (let index = 0; index < count; index++) {
      const unit = this.writer.tryAcquire(byteLength) ?? (await this.writer.acquire(byteLength));
      if (fill) unit.bytes.set(payloads[index % payloads.length] as Uint8Array);
      unit.commit();
    }
  }

  close(): void {
    this.writer.close();
  }

  async #sendLater(byteLength: number): Promise<void> {
    const unit = await this.writer.acquire(byteLength);
    unit.commit();
  }
}

export function arenaWritingEnd(
  arena: Arena,
  { transport, copy, spinMicroseconds }: Omit<LinkSpec, 'address'>,
): WritingEnd {
  const writer = arena.writer({ spinMicroseconds });
  return transport.endsWith('in-place')
    ? new FillingInPlace(writer)
    : new CopyingIn(writer, { copy });
}

abstract class ArenaReadingEnd implements ReadingEnd {
  constructor(
    protected readonly reader: Reader,
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
class Leasing extends ArenaReadingEnd {
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
class Borrowing extends ArenaReadingEnd {
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
  arena: Arena,
  { copy, sizeBytes, spinMicroseconds }: LinkSpec,
): ReadingEnd {
  const reader = arena.reader({ from: 'oldest', spinMicroseconds });
  return !copy && arena.kind === 'ring'
    ? new Borrowing(reader, sizeBytes)
    : new Leasing(reader, sizeBytes);
}
