import { expect, it } from 'vitest';
import { failureOf, isSettled, rejectionOf } from '../outcome.js';
import type { Stage } from '../stage.js';
import { nextContent, nextLeases } from '../take.js';

const unitBytes = 4096;

export function describeStats(stage: Stage): void {
  it('begins with nothing', () => {
    expect(stage.create().stats()).toEqual({
      inFlight: 0,
      peakInFlight: 0,
      writtenUnits: 0,
      writtenBytes: 0,
      readUnits: 0,
      readBytes: 0,
      writerWaits: 0,
      writerWaitedMs: 0,
      readerWaits: 0,
      readerWaitedMs: 0,
      leasesOut: 0,
      writers: 0,
      readers: 0,
    });
  });

  it('counts units and bytes written and read', async () => {
    const { arena, writer, reader } = stage.pair();
    await writer.write(new Uint8Array(100), { envelope: new Uint8Array(10) });
    const unit = await writer.acquire(1000);
    unit.commit(50);
    (await writer.acquire(7)).abort();
    expect(arena.stats()).toMatchObject({ writtenUnits: 2, writtenBytes: 150, readUnits: 0 });
    await nextContent(reader);
    expect(arena.stats()).toMatchObject({ readUnits: 1, readBytes: 100 });
    await nextContent(reader);
    expect(arena.stats()).toMatchObject({ readUnits: 2, readBytes: 150 });
  });

  it('counts units in flight, and remembers the largest number', async () => {
    const { arena, writer, reader } = stage.pair();
    for (let unit = 0; unit < 3; unit++) await writer.write(new Uint8Array(64));
    expect(arena.stats()).toMatchObject({ inFlight: 3, peakInFlight: 3 });
    await nextContent(reader);
    await nextContent(reader);
    expect(arena.stats()).toMatchObject({ inFlight: 1, peakInFlight: 3 });
    await nextContent(reader);
    expect(arena.stats()).toMatchObject({ inFlight: 0, peakInFlight: 3 });
  });

  it('counts leases until they are released', async () => {
    const { arena, writer, reader } = stage.pair();
    for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(64));
    const leases = await nextLeases(reader, 2);
    expect(arena.stats().leasesOut).toBe(stage.transport.zeroCopy ? 2 : 0);
    leases[0]?.release();
    expect(arena.stats().leasesOut).toBe(stage.transport.zeroCopy ? 1 : 0);
    leases[1]?.release();
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('counts writers and readers, wherever they are, until they close', async () => {
    const { arena, writer, reader } = stage.pair();
    const peer = await stage.peer(arena.handle);
    await peer.call('openWriter');
    await peer.call('openReader');
    expect(arena.stats()).toMatchObject({ writers: 2, readers: 2 });
    expect(await peer.call('stats')).toMatchObject({ writers: 2, readers: 2 });
    writer.close();
    reader.close();
    expect(arena.stats()).toMatchObject({ writers: 1, readers: 1 });
    await peer.call('closeArena');
    expect(arena.stats()).toMatchObject({ writers: 0, readers: 0 });
  });

  it('counts waits of writers, and how long they took', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 1 });
    await writer.write(new Uint8Array(unitBytes));
    expect(arena.stats().writerWaits).toBe(0);
    const writing = writer.write(new Uint8Array(unitBytes));
    expect(await isSettled(writing)).toBe(false);
    await nextContent(reader);
    await writing;
    const { writerWaits, writerWaitedMs } = arena.stats();
    expect(writerWaits).toBe(1);
    expect(writerWaitedMs).toBeGreaterThanOrEqual(15);
  });

  it('counts waits of readers, and how long they took', async () => {
    const { arena, reader } = stage.pair();
    await rejectionOf(reader.read({ timeoutMs: 20 }));
    failureOf(() => reader.readSync({ timeoutMs: 250 }));
    const { readerWaits, readerWaitedMs } = arena.stats();
    expect(readerWaits).toBe(2);
    expect(readerWaitedMs).toBeGreaterThanOrEqual(265);
  });

  it('keeps its counts when the counted processes are gone', async () => {
    const arena = stage.create();
    const reader = arena.reader();
    for (let round = 0; round < 3; round++) {
      const writer = arena.writer();
      await writer.write(new Uint8Array(10));
      writer.close();
      await nextContent(reader);
    }
    const peer = await stage.peer(arena.handle);
    await peer.call('write', { writer: 0, count: 1, byteLength: 20 });
    await peer.kill();
    expect(arena.stats()).toMatchObject({ writtenUnits: 4, writtenBytes: 50, readUnits: 3 });
  });
}
