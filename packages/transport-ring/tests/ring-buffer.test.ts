import { availableMemory } from '@arena/shm-core';
import {
  arenaDescriptors,
  contentNow,
  failureOf,
  makeRecord,
  nextContent,
  nextLease,
  overwriteMemory,
  placesOf,
  readRecord,
  rejectionOf,
  SequenceVerifier,
  Stage,
} from '@arena/testkit';
import { RingBuffer } from '@arena/transport-ring';
import { describe, expect, it } from 'vitest';
import { ring, throwingRing } from './ring.js';

const unitBytes = 64 * 1024;

describe('a ring', () => {
  const stage = new Stage(ring);

  it('tells its sizes and what it does when full, here and where it was attached', () => {
    const made = stage.keep(RingBuffer.create({ capacity: 5000, whenFull: 'overwrite' }));
    const attached = stage.keep(RingBuffer.attach(made.handle));
    for (const { kind, capacity, whenFull, maxUnitBytes } of [made, attached]) {
      expect({ kind, capacity, whenFull, maxUnitBytes }).toEqual({
        kind: 'ring',
        capacity: 8192,
        whenFull: 'overwrite',
        maxUnitBytes: 8192,
      });
    }
  });

  it('is filled in place, on a 64-byte boundary, and read as a private copy', async () => {
    const { writer, reader } = stage.pair({ unitBytes, units: 4 });
    for (const [at, byteLength] of [1001, 4097, unitBytes].entries()) {
      const pattern = new Uint8Array(256).fill(0xa0 + at);
      const unit = await writer.acquire(byteLength);
      unit.bytes.set(pattern);
      // The record area is mapped twice in a row; the file holds it once.
      const [place = -1] = placesOf(pattern);
      expect(place % 64).toBe(0);
      unit.commit();
      const lease = await nextLease(reader);
      overwriteMemory(place, Uint8Array.of(1));
      expect([lease.zeroCopy, lease.bytes[0]]).toEqual([false, 0xa0 + at]);
      lease.release();
    }
  });

  it('hands out copies that stay as they are when the room is used again', async () => {
    const { writer, reader } = stage.pair({ unitBytes, units: 2 });
    await writer.write(makeRecord(unitBytes, { writer: 9, sequence: 9 }));
    const kept = await nextLease(reader);
    for (let sequence = 0; sequence < 20; sequence++) {
      await writer.write(makeRecord(unitBytes, { writer: 0, sequence }));
      await nextContent(reader);
    }
    expect(readRecord(kept.bytes)).toEqual({ writer: 9, sequence: 9 });
    kept.release();
  });

  it('shows every record to every reader, in one order', async () => {
    const { arena, writer, reader } = stage.pair();
    const readers = [reader, arena.reader(), arena.reader()];
    const other = arena.writer();
    for (let value = 0; value < 6; value++) {
      await (value % 2 === 0 ? writer : other).write(Uint8Array.of(value));
    }
    for (const from of readers) {
      const seen = Array.from({ length: 6 }, () => contentNow(from)?.bytes[0]);
      expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });

  it('keeps the order of several processes the same for all readers', async () => {
    const { arena, reader } = stage.pair({ unitBytes, units: 4 });
    const reading = await stage.peer(arena.handle);
    await reading.call('openReader');
    const writers = await Promise.all([0, 1].map(() => stage.peer(arena.handle)));
    const there = reading.call('read', 400);
    const writing = writers.map((peer, writer) =>
      peer.call('write', { writer, count: 200, byteLength: 700 }),
    );
    const here = [];
    for (let read = 0; read < 400; read++) here.push(readRecord((await nextContent(reader)).bytes));
    await Promise.all(writing);
    expect(await there).toEqual(here);
    expect([...new SequenceVerifier().addAll(here).counts.values()]).toEqual([200, 200]);
  });

  it('shows a late reader the newest record, the oldest kept, or the next', async () => {
    const arena = stage.create();
    const writer = arena.writer();
    for (let value = 1; value <= 3; value++) await writer.write(Uint8Array.of(value));
    const newest = arena.reader();
    const oldest = arena.reader({ from: 'oldest' });
    const next = arena.reader({ from: 'next' });
    expect(contentNow(next)).toBeNull();
    expect(contentNow(newest)?.bytes[0]).toBe(3);
    expect([1, 2, 3].map(() => contentNow(oldest)?.bytes[0])).toEqual([1, 2, 3]);
    await writer.write(Uint8Array.of(4));
    expect([newest, oldest, next].map((reader) => contentNow(reader)?.bytes[0])).toEqual([4, 4, 4]);
  });

  it('tells each reader its lag, and lets it skip to the newest record', async () => {
    const { arena, writer, reader } = stage.pair();
    const other = arena.reader();
    expect(reader.lag).toBe(0);
    for (let value = 0; value < 5; value++) await writer.write(Uint8Array.of(value));
    await nextContent(other);
    expect([reader.lag, other.lag]).toEqual([5, 4]);
    reader.syncToNewest();
    expect(reader.lag).toBe(1);
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(4));
    expect([reader.lag, reader.lost, other.lag]).toEqual([0, 0, 4]);
    reader.syncToNewest();
    expect(contentNow(reader)).toBeNull();
  });

  it('has no lag once a reader is closed, and cannot be skipped in', () => {
    const { reader } = stage.pair();
    reader.close();
    expect(reader.lag).toBe(0);
    expect(failureOf(() => reader.syncToNewest()).code).toBe('ERR_ARENA_CLOSED');
  });

  it('is held back by a reader that does not read, until it closes', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes: 4096, units: 2 });
    const lazy = arena.reader();
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(4096));
    for (let unit = 0; unit < 2; unit++) await nextContent(reader);
    expect(writer.tryWrite(new Uint8Array(4096))).toBe(false);
    lazy.close();
    expect(writer.tryWrite(new Uint8Array(4096))).toBe(true);
  });

  it('goes on without readers once the last has left, closed or dead', async () => {
    const arena = stage.create({ unitBytes: 4096, units: 2 });
    const writer = arena.writer();
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader');
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(4096));
    const waiting = writer.write(new Uint8Array(4096));
    await peer.kill();
    await waiting;
    for (let unit = 0; unit < 5; unit++) await writer.write(new Uint8Array(4096));
    arena.reader().close();
    for (let unit = 0; unit < 5; unit++) await writer.write(new Uint8Array(4096));
  });

  it('holds as many records as it was made for', async () => {
    const arena = stage.keep(RingBuffer.create({ slots: 3, slotBytes: 4096 }));
    const [writer, reader] = [arena.writer(), arena.reader()];
    for (let unit = 0; unit < 3; unit++) await writer.write(new Uint8Array(4096));
    expect(writer.tryWrite(new Uint8Array(4096))).toBe(false);
    await nextContent(reader);
    expect(writer.tryWrite(new Uint8Array(4096))).toBe(true);
  });
});

describe('a ring that fails when it is full', () => {
  const stage = new Stage(throwingRing);

  it('is the default of RingBuffer.create', () => {
    expect(stage.keep(RingBuffer.create({ capacity: 4096 })).whenFull).toBe('throw');
  });

  it('fails at once, whatever the deadline, and names the reader that holds it up', async () => {
    const { writer } = stage.pair({ unitBytes: 4096, units: 2 });
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(4096));
    const bytes = new Uint8Array(100);
    const failures = [
      await rejectionOf(writer.acquire(100)),
      await rejectionOf(writer.acquire(100, { timeoutMs: 60_000 })),
      await rejectionOf(writer.write(bytes)),
      failureOf(() => writer.acquireSync(100)),
      failureOf(() => writer.writeSync(bytes)),
    ];
    for (const { code, message, details } of failures) {
      expect(code).toBe('ERR_ARENA_FULL');
      expect(message).toMatch(/^shared-memory arena full: need 100 bytes, 0 free/);
      expect(message).toContain('capacity');
      expect(message).toContain(`process ${process.pid} is 2 behind`);
      expect(details).toMatchObject({ freeBytes: 0, readerLag: 2, readerPid: process.pid });
    }
    expect([writer.tryAcquire(100), writer.tryWrite(bytes)]).toEqual([null, false]);
  });

  it('loses nothing by failing, and serves again after a read', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes: 4096, units: 2 });
    for (let value = 0; value < 2; value++) await writer.write(new Uint8Array(4096).fill(value));
    await rejectionOf(writer.write(new Uint8Array(1)));
    expect((await nextContent(reader)).bytes[0]).toBe(0);
    await writer.write(new Uint8Array(4096).fill(2));
    expect((await nextContent(reader)).bytes[0]).toBe(1);
    expect((await nextContent(reader)).bytes[0]).toBe(2);
    expect(arena.stats()).toMatchObject({ writtenUnits: 3, writerWaits: 0 });
  });

  it('fails when records run out as well as when bytes run out', async () => {
    const arena = stage.keep(RingBuffer.create({ capacity: 65536, maxRecords: 2 }));
    const [writer, reader] = [arena.writer(), arena.reader()];
    for (let unit = 0; unit < 2; unit++) await writer.write(Uint8Array.of(unit));
    expect((await rejectionOf(writer.write(Uint8Array.of(2)))).code).toBe('ERR_ARENA_FULL');
    await nextContent(reader);
    await writer.write(Uint8Array.of(2));
  });
});

describe('RingBuffer.create', () => {
  const stage = new Stage(ring);

  it.each([
    ['capacity', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 45, '4096', null]],
    ['maxRecords', [0, 1, -1, 1.5, Number.NaN, 2 ** 27, '4']],
    ['whenFull', ['sometimes', 1, {}]],
  ])('refuses a %s that no ring has', (option, wrongs: unknown[]) => {
    for (const wrong of wrongs) {
      const failure = failureOf(() => RingBuffer.create({ capacity: 4096, [option]: wrong }));
      expect(failure.code, String(wrong)).toBe('ERR_ARENA_INVALID_ARGUMENT');
      expect(failure.message).toContain(option);
    }
  });

  it('refuses a unit longer than a slot, here and where it was attached', () => {
    const arena = stage.keep(RingBuffer.create({ slots: 10, slotBytes: 20 }));
    expect(arena.maxUnitBytes).toBe(20);
    for (const writer of [arena.writer(), stage.attach(arena.handle).writer()]) {
      const failure = failureOf(() => writer.tryWrite(new Uint8Array(21)));
      expect(failure.code).toBe('ERR_ARENA_UNIT_TOO_LARGE');
      expect(failure.message).toContain('larger slotBytes');
    }
    const writer = arena.writer();
    for (let slot = 0; slot < 10; slot++) expect(writer.tryWrite(new Uint8Array(20))).toBe(true);
    expect(writer.tryWrite(new Uint8Array(1))).toBe(false);
  });

  it('refuses slots that no ring has, and slots beside a capacity', () => {
    const wrongs = [
      { slots: 4 },
      { slotBytes: 4096 },
      { slots: 1, slotBytes: 4096 },
      { slots: 4, slotBytes: 0 },
      { slots: 4.5, slotBytes: 4096 },
      { slots: 2 ** 26, slotBytes: 2 ** 44 },
      { slots: 4, slotBytes: 4096, capacity: 65536 },
      { slots: 4, slotBytes: 4096, maxRecords: 4 },
    ];
    for (const wrong of wrongs) {
      const { code } = failureOf(() => RingBuffer.create(wrong));
      expect(code, JSON.stringify(wrong)).toBe('ERR_ARENA_INVALID_ARGUMENT');
    }
  });

  it('takes the smallest sizes', async () => {
    const arena = stage.keep(RingBuffer.create({ capacity: 1, maxRecords: 2, maxPeers: 2 }));
    const [writer, reader] = [arena.writer(), arena.reader()];
    for (let value = 0; value < 10; value++) {
      await writer.write(Uint8Array.of(value));
      expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(value));
    }
  });

  it('refuses sizes for which the machine lacks memory, with the needed and the free bytes', () => {
    const failure = failureOf(() => RingBuffer.create({ capacity: availableMemory() * 2 }));
    expect(failure.code).toBe('ERR_ARENA_OUT_OF_MEMORY');
    expect(failure.message).toMatch(/need \d+ bytes, \d+ /);
    expect(arenaDescriptors()).toEqual([]);
  });
});
