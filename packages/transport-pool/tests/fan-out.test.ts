import {
  contentNow,
  isSettled,
  makeRecord,
  nextContent,
  nextLease,
  overwriteMemory,
  placesOf,
  readRecord,
  Stage,
} from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { fanOutPool } from './pool.js';

const segmentSize = 64 * 1024;

describe('a pool with fan-out', () => {
  const stage = new Stage(fanOutPool);
  const create = (units: number) => stage.create({ unitBytes: segmentSize, units });

  it('leases one segment to every reader', async () => {
    const arena = create(2);
    const writer = arena.writer();
    const readers = [arena.reader(), arena.reader(), arena.reader()];
    const pattern = new Uint8Array(256).fill(0xc1);
    await writer.write(pattern, { copy: false });
    const leases = await Promise.all(readers.map(nextLease));
    const places = placesOf(pattern);
    expect(places).toHaveLength(1);
    overwriteMemory(places[0] ?? -1, Uint8Array.of(5));
    expect(leases.map(({ bytes, zeroCopy }) => [bytes[0], zeroCopy])).toEqual([
      [5, true],
      [5, true],
      [5, true],
    ]);
    expect(arena.stats().leasesOut).toBe(3);
    for (const lease of leases) lease.release();
  });

  it('counts a unit as in flight until its last lease is released', async () => {
    const arena = create(2);
    const writer = arena.writer();
    const readers = [arena.reader(), arena.reader()];
    await writer.write(new Uint8Array(segmentSize));
    const leases = await Promise.all(readers.map(nextLease));
    const inFlight = leases.map((lease) => {
      const { inFlight } = arena.stats();
      lease.release();
      return inFlight;
    });
    expect([...inFlight, arena.stats().inFlight]).toEqual([1, 1, 0]);
  });

  it('frees a segment with the last release, in whatever order', async () => {
    const arena = create(1);
    const writer = arena.writer();
    const readers = [arena.reader(), arena.reader(), arena.reader()];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
    ]) {
      await writer.write(new Uint8Array(segmentSize));
      const leases = await Promise.all(readers.map(nextLease));
      const waiting = writer.acquire(segmentSize);
      for (const reader of order) {
        expect(await isSettled(waiting)).toBe(false);
        leases[reader]?.release();
      }
      (await waiting).abort();
    }
  });

  it('frees a segment that one reader has never read when that reader closes', async () => {
    const arena = create(1);
    const writer = arena.writer();
    const [reader, lazy] = [arena.reader(), arena.reader()];
    await writer.write(new Uint8Array(segmentSize));
    await nextContent(reader);
    const waiting = writer.acquire(segmentSize);
    expect(await isSettled(waiting)).toBe(false);
    lazy.close();
    (await waiting).abort();
  });

  it('frees a segment that a dead reader had leased, and one that it had not yet seen', async () => {
    const arena = create(2);
    const writer = arena.writer();
    const reader = arena.reader();
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader');
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(segmentSize));
    for (let unit = 0; unit < 2; unit++) await nextContent(reader);
    await peer.call('lease', 1);
    const waiting = writer.acquire(segmentSize);
    expect(await isSettled(waiting)).toBe(false);
    await peer.kill();
    (await waiting).abort();
    expect(arena.stats()).toMatchObject({ leasesOut: 0, readers: 1 });
  });

  it('is throttled by its slowest reader', async () => {
    const arena = create(2);
    const writer = arena.writer();
    const [fast, slow] = [arena.reader(), arena.reader()];
    for (let unit = 0; unit < 2; unit++) {
      await writer.write(new Uint8Array(segmentSize).fill(unit));
      await nextContent(fast);
    }
    const waiting = writer.write(new Uint8Array(segmentSize).fill(2));
    expect(await isSettled(waiting)).toBe(false);
    expect((await nextContent(slow)).bytes[0]).toBe(0);
    await waiting;
    expect((await nextContent(fast)).bytes[0]).toBe(2);
  });

  it('shows a late reader the newest unit, the oldest kept, or the next', async () => {
    const arena = create(4);
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

  it('goes on without readers when all have left', async () => {
    const arena = create(2);
    const writer = arena.writer();
    arena.reader().close();
    for (let sequence = 0; sequence < 10; sequence++) {
      await writer.write(makeRecord(segmentSize, { writer: 0, sequence }));
    }
    const reader = arena.reader();
    expect(readRecord((await nextContent(reader)).bytes).sequence).toBe(9);
  });

  it('goes on when its last reader has died', async () => {
    const arena = create(2);
    const writer = arena.writer();
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader');
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(segmentSize));
    await peer.call('lease', 1);
    const waiting = writer.write(new Uint8Array(segmentSize));
    expect(await isSettled(waiting)).toBe(false);
    await peer.kill();
    await waiting;
  });

  it('tells each reader its lag', async () => {
    const arena = create(4);
    const writer = arena.writer();
    const [behind, ahead] = [arena.reader(), arena.reader()];
    for (let value = 0; value < 3; value++) await writer.write(Uint8Array.of(value));
    await nextContent(ahead);
    expect([behind.lag, ahead.lag]).toEqual([3, 2]);
    behind.syncToNewest();
    expect((await nextContent(behind)).bytes).toEqual(Uint8Array.of(2));
    expect(behind.lag).toBe(0);
  });
});
