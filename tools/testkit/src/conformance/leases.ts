import type { Lease, Reader, Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { makeRecord, type RecordId, readRecord } from '../sequence.js';
import type { Stage } from '../stage.js';
import { nextLease, nextLeases } from '../take.js';

const unitBytes = 64 * 1024;

export function describeLeases(stage: Stage): void {
  it('is active until it is released, and empty then', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(Uint8Array.of(1, 2), { envelope: Uint8Array.of(3) });
    const lease = await nextLease(reader);
    expect([lease.active, lease.bytes.byteLength]).toEqual([true, 2]);
    const view = new Uint8Array(lease.bytes.buffer);
    lease.release();
    expect([lease.active, lease.bytes.byteLength, view.byteLength]).toEqual([false, 0, 0]);
    expect(lease.envelope).toEqual(Uint8Array.of(3));
  });

  it('is released once, however often it is asked', async () => {
    const { arena, writer, reader } = stage.pair({ units: 2 });
    await writer.write(new Uint8Array(4096));
    await writer.write(makeRecord(4096, { writer: 1, sequence: 1 }));
    const first = await nextLease(reader);
    const second = await nextLease(reader);
    first.release();
    first.release();
    first[Symbol.dispose]();
    expect(readRecord(second.bytes).sequence).toBe(1);
    expect(arena.stats().leasesOut).toBe(stage.transport.zeroCopy ? 1 : 0);
    second.release();
    expect(arena.stats()).toMatchObject({ leasesOut: 0, inFlight: 0 });
  });

  it('is released at the end of the scope that disposes of it', async () => {
    const { arena, writer, reader } = stage.pair();
    await writer.write(new Uint8Array(100));
    const lease = await nextLease(reader);
    lease[Symbol.dispose]();
    expect(lease.active).toBe(false);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('says whether its bytes are the shared memory itself', async () => {
    const { writer, reader } = stage.pair({ unitBytes });
    for (const byteLength of [1, 4096, unitBytes]) {
      (await writer.acquire(byteLength)).commit();
      const lease = await nextLease(reader);
      expect(lease.zeroCopy).toBe(stage.transport.zeroCopy);
      lease.release();
    }
  });

  it('gives its memory back in any order', async () => {
    const { writer, reader } = stage.pair({ unitBytes, units: 4 });
    for (let round = 0; round < 6; round++) {
      for (let sequence = 0; sequence < 4; sequence++) {
        await writer.write(makeRecord(unitBytes, { writer: round, sequence }));
      }
      const leases = await nextLeases(reader, 4);
      for (const at of [2, 0, 3, 1]) {
        expect(readRecord(leases[at]?.bytes ?? new Uint8Array())).toEqual({
          writer: round,
          sequence: at,
        });
        leases[at]?.release();
      }
    }
  });

  it('stays valid after its reader has closed', async () => {
    const { writer, reader } = stage.pair({ unitBytes });
    const { lease, id } = await leaseOne(writer, reader);
    reader.close();
    expect(readRecord(lease.bytes)).toEqual(id);
    lease.release();
  });

  it('stays valid after the writer has closed', async () => {
    const { writer, reader } = stage.pair({ unitBytes });
    const { lease, id } = await leaseOne(writer, reader);
    writer.close();
    expect(readRecord(lease.bytes)).toEqual(id);
    expect(await reader.read()).toBeNull();
    expect(readRecord(lease.bytes)).toEqual(id);
    lease.release();
  });

  it('stays valid after its arena was closed', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes });
    const { lease, id } = await leaseOne(writer, reader);
    arena.close();
    globalThis.gc?.();
    expect(readRecord(lease.bytes)).toEqual(id);
    lease.release();
    expect(lease.bytes.byteLength).toBe(0);
  });

  it('stays valid after its producer has ended', async () => {
    const arena = stage.create({ unitBytes });
    const reader = arena.reader();
    const producer = await stage.peer(arena.handle);
    await producer.call('write', { writer: 5, count: 2, byteLength: unitBytes });
    const leases = await nextLeases(reader, 2);
    await producer.end();
    expect(leases.map(({ bytes }) => readRecord(bytes).sequence)).toEqual([0, 1]);
    for (const lease of leases) lease.release();
  });

  it('stays valid after the process that created the arena has ended', async () => {
    const creator = await stage.peer();
    const handle = await creator.call('create', stage.options({ unitBytes }));
    const arena = stage.attach(handle);
    const reader = arena.reader();
    await creator.call('write', { writer: 5, count: 2, byteLength: unitBytes });
    const leases = await nextLeases(reader, 2);
    await creator.kill();
    expect(leases.map(({ bytes }) => readRecord(bytes).sequence)).toEqual([0, 1]);
    for (const lease of leases) lease.release();
  });

  it('gives its memory back to the writers after its reader has closed', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    const other = arena.reader();
    for (let sequence = 0; sequence < 2; sequence++) {
      await writer.write(makeRecord(unitBytes, { writer: 0, sequence }));
    }
    const leases = await nextLeases(reader, 2);
    reader.close();
    other.close();
    const writing = writer.acquire(unitBytes);
    for (const lease of leases) lease.release();
    (await writing).abort();
    expect(arena.stats().leasesOut).toBe(0);
  });
}

async function leaseOne(writer: Writer, reader: Reader): Promise<{ lease: Lease; id: RecordId }> {
  const id = { writer: 3, sequence: 7 };
  await writer.write(makeRecord(unitBytes, id));
  return { lease: await nextLease(reader), id };
}
