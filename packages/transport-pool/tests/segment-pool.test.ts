import { availableMemory } from '@arena/shm-core';
import {
  arenaDescriptors,
  contentNow,
  failureOf,
  isSettled,
  makeRecord,
  nextContent,
  nextLease,
  nextLeases,
  overwriteMemory,
  placesOf,
  readRecord,
  rejectionOf,
  Stage,
} from '@arena/testkit';
import { SegmentPool } from '@arena/transport-pool';
import { describe, expect, it } from 'vitest';
import { pool } from './pool.js';

const segmentSize = 64 * 1024;

describe('a segment pool', () => {
  const stage = new Stage(pool);
  const pair = (segmentCount: number) =>
    stage.pair({ unitBytes: segmentSize, units: segmentCount });

  it('tells its sizes, here and where it was attached', () => {
    const made = stage.keep(SegmentPool.create({ segmentSize: 5000, segmentCount: 3 }));
    const attached = stage.keep(SegmentPool.attach(made.handle));
    for (const { kind, segmentSize, segmentCount, maxUnitBytes } of [made, attached]) {
      expect({ kind, segmentSize, segmentCount, maxUnitBytes }).toEqual({
        kind: 'pool',
        segmentSize: 5000,
        segmentCount: 3,
        maxUnitBytes: 5000,
      });
    }
  });

  it('of any size that the machine cannot hold is refused with the bytes that are free', () => {
    for (const segmentCount of [16384, 60000]) {
      const create = () => SegmentPool.create({ segmentSize: 2 ** 30, segmentCount });
      const { code, message } = failureOf(create);
      expect(code).toBe('ERR_ARENA_OUT_OF_MEMORY');
      expect(message).toMatch(/need \d{14,} bytes, [1-9]\d{6,} free/);
    }
  });

  it('fills and leases the segment itself, which begins at a 64-byte boundary', async () => {
    const { writer, reader } = pair(4);
    const offsets: number[] = [];
    for (let value = 1; value <= 3; value++) {
      const pattern = new Uint8Array(256).fill(0xa0 + value);
      const unit = await writer.acquire(1000 + value);
      unit.bytes.set(pattern);
      const [place = -1] = placesOf(pattern);
      unit.commit();
      const lease = await nextLease(reader);
      expect(lease.zeroCopy).toBe(true);
      overwriteMemory(place, Uint8Array.of(value));
      expect(lease.bytes[0]).toBe(value);
      offsets.push(place % 64, lease.bytes.byteOffset);
      lease.release();
    }
    expect(offsets).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('leases segments of odd sizes at 64-byte boundaries, too', async () => {
    const { writer, reader } = stage.pair({ unitBytes: 4097, units: 3 });
    const leases = [];
    for (let value = 1; value <= 3; value++) {
      const pattern = new Uint8Array(256).fill(0xb0 + value);
      const unit = await writer.acquire(4097);
      unit.bytes.set(pattern);
      expect((placesOf(pattern)[0] ?? -1) % 64).toBe(0);
      unit.commit();
      leases.push(await nextLease(reader));
    }
    for (const lease of leases) lease.release();
  });

  it('serves from any free segment while a lease is kept', async () => {
    const { writer, reader } = pair(3);
    await writer.write(makeRecord(segmentSize, { writer: 9, sequence: 9 }));
    const kept = await nextLease(reader);
    for (let sequence = 0; sequence < 50; sequence++) {
      await writer.write(makeRecord(segmentSize, { writer: 0, sequence }));
      expect(readRecord((await nextContent(reader)).bytes)).toEqual({ writer: 0, sequence });
    }
    expect(readRecord(kept.bytes)).toEqual({ writer: 9, sequence: 9 });
    kept.release();
  });

  it('makes the writer wait when all segments are leased, until one is released', async () => {
    const { writer, reader } = pair(2);
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(segmentSize));
    const leases = await nextLeases(reader, 2);
    const waiting = writer.acquire(1);
    expect(await isSettled(waiting)).toBe(false);
    leases[1]?.release();
    (await waiting).abort();
    leases[0]?.release();
  });

  it('makes the writer wait for a lease that another process releases', async () => {
    const { arena, writer, reader } = pair(2);
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader');
    reader.close();
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(segmentSize));
    await peer.call('lease', 2);
    const waiting = writer.acquire(segmentSize);
    expect(await isSettled(waiting)).toBe(false);
    await peer.call('releaseAll');
    (await waiting).abort();
  });

  it('lets units without bytes pass while no segment is free', async () => {
    const { writer, reader } = pair(1);
    await writer.write(new Uint8Array(segmentSize));
    const lease = await nextLease(reader);
    await writer.write(new Uint8Array(0), { envelope: Uint8Array.of(1) });
    expect((await nextContent(reader)).envelope).toEqual(Uint8Array.of(1));
    lease.release();
  });

  it('gives each unit to one reader', async () => {
    const { arena, writer, reader } = pair(4);
    const other = arena.reader();
    for (let value = 0; value < 4; value++) await writer.write(Uint8Array.of(value));
    const seen = [reader, other, other, reader].map((from) => contentNow(from)?.bytes[0]);
    expect(seen).toEqual([0, 1, 2, 3]);
    expect([contentNow(reader), contentNow(other)]).toEqual([null, null]);
  });

  it('keeps units for a reader that comes late', async () => {
    const arena = stage.create();
    const writer = arena.writer();
    for (let value = 0; value < 3; value++) await writer.write(Uint8Array.of(value));
    const reader = arena.reader({ from: 'next' });
    for (let value = 0; value < 3; value++) {
      expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(value));
    }
  });

  it('carries an envelope of 1 KiB beside a full segment, and no larger one', async () => {
    const { writer, reader } = pair(1);
    const envelope = new Uint8Array(1024).fill(7);
    await writer.write(new Uint8Array(segmentSize), { envelope });
    expect((await nextContent(reader)).envelope).toEqual(envelope);
    const tooLarge = writer.acquire(segmentSize, { envelope: new Uint8Array(1025) });
    const { code, message } = await rejectionOf(tooLarge);
    expect(code).toBe('ERR_ARENA_UNIT_TOO_LARGE');
    expect(message).toContain(
      'an envelope of 1025 are more than a segment takes, whose envelope is at most 1024',
    );
    expect(message).not.toContain('segmentSize');
  });

  it('carries a large envelope where there are no bytes', async () => {
    const { writer, reader } = pair(1);
    const envelope = new Uint8Array(100_000).fill(7);
    await writer.write(new Uint8Array(0), { envelope });
    expect((await nextContent(reader)).envelope).toEqual(envelope);
  });

  describe('whose last reader dies', () => {
    it('ends the wait of a writer', async () => {
      const { arena, writer, reader } = pair(2);
      const peer = await stage.peer(arena.handle);
      await peer.call('openReader');
      reader.close();
      for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(segmentSize));
      const waiting = rejectionOf(writer.acquire(segmentSize));
      expect(await isSettled(waiting)).toBe(false);
      await peer.kill();
      expect((await waiting).code).toBe('ERR_ARENA_PEER_LOST');
    });

    it('ends the wait of a writer that blocks', async () => {
      const { arena, reader } = pair(2);
      const [writing, reading] = [await stage.peer(arena.handle), await stage.peer(arena.handle)];
      await reading.call('openReader');
      reader.close();
      const blocked = rejectionOf(
        writing.call('writeSync', { writer: 0, count: 3, byteLength: segmentSize }),
      );
      expect(await isSettled(blocked)).toBe(false);
      await reading.kill();
      expect((await blocked).code).toBe('ERR_ARENA_PEER_LOST');
    });

    it('serves the next reader and goes on', async () => {
      const { arena, writer, reader } = pair(2);
      const peer = await stage.peer(arena.handle);
      await peer.call('openReader');
      reader.close();
      for (let value = 1; value <= 2; value++) {
        await writer.write(new Uint8Array(segmentSize).fill(value));
      }
      await peer.call('lease', 1);
      await peer.kill();
      const next = arena.reader();
      // Units that the dead reader had taken are lost. The other units are delivered.
      expect((await nextContent(next)).bytes[0]).toBe(2);
      for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(segmentSize));
      for (let unit = 0; unit < 2; unit++) await nextContent(next);
    });
  });
});

describe('SegmentPool.create', () => {
  const stage = new Stage(pool);

  it.each([
    ['segmentSize', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 47, '4096', null]],
    ['segmentCount', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 65537, '4', null]],
    ['queueBytes', [0, -1, 1.5, Number.NaN, 2 ** 28, '4096']],
    ['fanOut', ['yes', 1, {}]],
  ])('refuses a %s that no pool has', (option, wrongs: unknown[]) => {
    for (const wrong of wrongs) {
      const options = { segmentSize: 4096, segmentCount: 2, [option]: wrong };
      const failure = failureOf(() => SegmentPool.create(options));
      expect(failure.code, String(wrong)).toBe('ERR_ARENA_INVALID_ARGUMENT');
      expect(failure.message).toContain(option);
    }
  });

  it('takes the smallest sizes', async () => {
    const arena = stage.keep(
      SegmentPool.create({ segmentSize: 1, segmentCount: 1, queueBytes: 1 }),
    );
    const [writer, reader] = [arena.writer(), arena.reader()];
    for (let value = 0; value < 3; value++) {
      await writer.write(Uint8Array.of(value));
      expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(value));
    }
  });

  it('refuses sizes for which the machine lacks memory, with the needed and the free bytes', () => {
    // A segment is no longer than what every version of Node.js views at once: 4 GiB.
    for (const segmentCount of [65536, Math.ceil(availableMemory() / 2 ** 30)]) {
      const segmentSize = Math.ceil((availableMemory() * 2) / segmentCount);
      const failure = failureOf(() => SegmentPool.create({ segmentSize, segmentCount }));
      expect(failure.code).toBe('ERR_ARENA_OUT_OF_MEMORY');
      expect(failure.message).toMatch(/need \d+ bytes, \d+ /);
    }
    expect(arenaDescriptors()).toEqual([]);
  });

  it('refuses sizes beyond the address space', () => {
    const failure = failureOf(() =>
      SegmentPool.create({ segmentSize: 2 ** 46, segmentCount: 65536 }),
    );
    expect(failure.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
  });

  it('needs no populated memory to work', async () => {
    const arena = stage.keep(SegmentPool.create({ segmentSize, segmentCount: 2, populate: false }));
    const attached = stage.keep(SegmentPool.attach(arena.handle, { populate: false }));
    const reader = attached.reader();
    await arena.writer().write(makeRecord(segmentSize, { writer: 1, sequence: 1 }));
    expect(readRecord((await nextContent(reader)).bytes)).toEqual({ writer: 1, sequence: 1 });
  });
});
