import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import type { Lease, Reader, Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { sleep } from '../left-behind.js';
import { expectCode, failureOf, rejectionOf } from '../outcome.js';
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

  it('gives its bytes to a task, and is released once that has settled', async () => {
    const { arena, writer, reader } = stage.pair();
    await writer.write(Uint8Array.of(1, 2, 3));
    const lease = await nextLease(reader);
    const used = lease.use(async (bytes) => {
      await new Promise((resolve) => setImmediate(resolve));
      return bytes.reduce((sum, byte) => sum + byte);
    });
    expect(lease.active).toBe(true);
    expect(await used).toBe(6);
    expect([lease.active, lease.bytes.byteLength]).toEqual([false, 0]);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it.each<[string, () => Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('on purpose');
      },
    ],
    [
      'is rejected',
      async () => {
        throw new Error('on purpose');
      },
    ],
  ])('is released after a task that %s', async (_, task) => {
    const { arena, writer, reader } = stage.pair();
    await writer.write(Uint8Array.of(1));
    const lease = await nextLease(reader);
    expect((await rejectionOf(lease.use(task))).message).toBe('on purpose');
    expect(lease.active).toBe(false);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('that is released while tasks use it ends with the last of them', async () => {
    const { writer, reader } = stage.pair({ unitBytes });
    await writer.write(new Uint8Array(unitBytes).fill(5));
    const lease = await nextLease(reader);
    let resolve = () => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    const lengths = [0, 1].map((turns) =>
      lease.use(async (bytes) => {
        await promise;
        for (let turn = 0; turn < turns; turn++) await sleep(5);
        return bytes.byteLength;
      }),
    );
    lease.release();
    expect([lease.active, lease.bytes.byteLength]).toEqual([false, unitBytes]);
    resolve();
    expect(await Promise.all(lengths)).toEqual([unitBytes, unitBytes]);
    expect(lease.bytes.byteLength).toBe(0);
  });

  it('is neither used nor held once it is released', async () => {
    const { writer, reader } = stage.pair({ units: 2 });
    await writer.write(Uint8Array.of(1));
    const lease = await nextLease(reader);
    lease.release();
    expectCode(await rejectionOf(lease.use(() => 1)), 'ERR_ARENA_LEASE_RELEASED');
    expectCode(
      failureOf(() => lease.hold()),
      'ERR_ARENA_LEASE_RELEASED',
    );
  });

  it.each([1, 100, unitBytes])(
    'of %d bytes is empty once it is released, also while it is held',
    async (byteLength) => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
      await writer.write(new Uint8Array(byteLength).fill(7));
      const lease = await nextLease(reader);
      const { bytes } = lease;
      reader.close();
      const endHold = lease.hold();
      lease.release();
      expect(lease.bytes.byteLength).toBe(0);
      expect([0, byteLength]).toContain(bytes.byteLength);
      endHold();
      expect(arena.stats().leasesOut).toBe(0);
    },
  );

  it('is used in the same ways when it was read with others', async () => {
    const { writer, reader } = stage.pair({ unitBytes: 65536 });
    writer.tryWriteMany([Uint8Array.of(1), Uint8Array.of(2)]);
    const leases = (await reader.readMany(2)) ?? [];
    expect(await Promise.all(leases.map((lease) => lease.use(([byte]) => byte)))).toEqual([1, 2]);
    expect(leases.map(({ active }) => active)).toEqual([false, false]);
  });

  it('lets zlib have its bytes until that is done', async () => {
    const { writer, reader } = stage.pair({ unitBytes: 2 ** 20, units: 2 });
    const content = randomBytes(2 ** 20 - 4096);
    await writer.write(content);
    const lease = await nextLease(reader);
    const compressing = lease.use((bytes) => promisify(gzip)(bytes));
    lease.release();
    await writer.write(new Uint8Array(2 ** 19));
    expect(gunzipSync(await compressing).equals(content)).toBe(true);
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
