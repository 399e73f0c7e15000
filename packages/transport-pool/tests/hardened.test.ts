/** Operations that are in flight when their lease is released must not write to any memory. */
import { once } from 'node:events';
import { read, readSync, write, writeSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { Lease, Reader, Writer } from '@arena/shm-core';
import { describeTransport, fifo, nextLease, placesOf, Stage } from '@arena/testkit';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach, describe, expect, it } from 'vitest';
import { fanOutPool, pool } from './pool.js';

const segmentSize = 256 * 1024;

const hardened = (transport: typeof pool) => ({
  ...transport,
  name: `hardened ${transport.name}`,
  options: (needs: Parameters<typeof pool.options>[0]) => ({
    ...transport.options(needs),
    hardened: true,
  }),
});

for (const transport of [pool, fanOutPool]) {
  describeTransport(hardened(transport), [
    'reading',
    'leases',
    'moving the memory of',
    'a unit that native code fills',
    'garbage collection',
  ]);
}

describe('in a hardened pool of one segment', () => {
  const stage = new Stage(hardened(pool));
  const pair = () => stage.pair({ unitBytes: segmentSize, units: 1 });
  /** Closes everything that a test has opened, the last first. */
  const after: (() => void)[] = [];
  afterEach(() => {
    for (const end of after.splice(0).reverse()) end();
  });

  /** Leases a unit that is full of `value`. */
  async function leaseOf(value: number, writer: Writer, reader: Reader): Promise<Lease> {
    const unit = await writer.acquire(segmentSize);
    unit.bytes.fill(value);
    unit.commit();
    return nextLease(reader);
  }

  it('a read that ends after the release fails with EFAULT', async () => {
    const { writer, reader } = pair();
    using pipe = fifo();
    const { blocking, other } = pipe;
    const lease = await leaseOf(1, writer, reader);
    const ended = new Promise<NodeJS.ErrnoException | null>((resolve) =>
      read(blocking, lease.bytes, 0, 1000, null, resolve),
    );
    lease.release();
    // The segment is the next unit's by the time the bytes arrive, and the reader's again.
    const next = await leaseOf(2, writer, reader);
    writeSync(other, new Uint8Array(1000).fill(9));
    expect((await ended)?.code).toBe('EFAULT');
    expect(next.bytes.every((byte) => byte === 2)).toBe(true);
    next.release();
  });

  it('a read into a released copy of a small unit fails with EFAULT as well', async () => {
    const { writer, reader } = pair();
    using pipe = fifo();
    const { blocking, other } = pipe;
    writer.writeSync(new Uint8Array(100).fill(1));
    const lease = await nextLease(reader);
    expect(lease.zeroCopy).toBe(false);
    const ended = new Promise<NodeJS.ErrnoException | null>((resolve) =>
      read(blocking, lease.bytes, 0, 100, null, resolve),
    );
    lease.release();
    writeSync(other, new Uint8Array(100).fill(9));
    expect((await ended)?.code).toBe('EFAULT');
  });

  it('a write that has not begun to send fails with EFAULT, and sends no byte of the next unit', async () => {
    const { writer, reader } = pair();
    using pipe = fifo();
    const { blocking, other } = pipe;
    const full = new Uint8Array(65536);
    expect(writeSync(other, full)).toBe(full.length);
    const lease = await leaseOf(1, writer, reader);
    const ended = new Promise<NodeJS.ErrnoException | null>((resolve) =>
      write(blocking, lease.bytes, 0, 4096, null, resolve),
    );
    lease.release();
    const next = await leaseOf(2, writer, reader);
    expect(readSync(other, full)).toBe(full.length);
    expect((await ended)?.code).toBe('EFAULT');
    expect(() => readSync(other, full)).toThrow('EAGAIN');
    next.release();
  });

  it('a socket that still sends a released lease fails with EFAULT', async () => {
    const arena = stage.create({ unitBytes: 64 << 20, units: 1 });
    const [writer, reader] = [arena.writer(), arena.reader()];
    (await writer.acquire(64 << 20)).commit();
    const lease = await nextLease(reader);
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    after.push(() => server.close());
    await once(server, 'listening');
    const connecting = once(server, 'connection');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [connection] = await connecting;
    connection.on('error', () => {});
    if (client.connecting) await once(client, 'connect');
    client.write(lease.bytes);
    lease.release();
    const failed = once(client, 'error');
    connection.resume();
    expect((await failed)[0].code).toBe('EFAULT');
    connection.destroy();
  });

  it('held memory stays readable until the hold ends', async () => {
    const { writer, reader } = pair();
    using pipe = fifo();
    const { blocking, other } = pipe;
    const lease = await leaseOf(1, writer, reader);
    const letGo = lease.hold();
    const ended = new Promise<NodeJS.ErrnoException | null>((resolve) =>
      read(blocking, lease.bytes, 0, 10, null, resolve),
    );
    lease.release();
    writeSync(other, new Uint8Array(10).fill(9));
    expect(await ended).toBeNull();
    letGo();
    (await writer.acquire(1)).abort();
  });

  it('a reader sees what a writer of the same process writes, in segments of any size', async () => {
    for (const size of [100, 5000, 12_288]) {
      const arena = stage.create({ unitBytes: size, units: 3 });
      const [writer, reader] = [arena.writer({ copyThreshold: 0 }), arena.reader()];
      for (let value = 1; value <= 20; value++) {
        await writer.write(new Uint8Array(size).fill(value));
        const lease = await nextLease(reader);
        expect([lease.zeroCopy, lease.bytes.byteOffset]).toEqual([true, 0]);
        expect(lease.bytes.every((byte) => byte === value)).toBe(true);
        lease.release();
      }
    }
  });

  it('reads a unit where it was written, without a copy', async () => {
    const { writer, reader } = pair();
    const pattern = new Uint8Array(256).fill(0xe7);
    const unit = await writer.acquire(256);
    unit.bytes.set(pattern);
    unit.commit();
    const lease = await nextLease(reader);
    expect(placesOf(pattern)).toHaveLength(1);
    expect(lease.bytes).toEqual(pattern);
    lease.release();
  });

  it('is an option of each process that attaches, whichever process created the pool', async () => {
    const creator = stage.keep(SegmentPool.create({ segmentSize, segmentCount: 1 }));
    const attached = stage.keep(SegmentPool.attach(creator.handle, { hardened: true }));
    using pipe = fifo();
    const { blocking, other } = pipe;
    const lease = await leaseOf(1, creator.writer(), attached.reader());
    const ended = new Promise<NodeJS.ErrnoException | null>((resolve) =>
      read(blocking, lease.bytes, 0, 10, null, resolve),
    );
    lease.release();
    writeSync(other, new Uint8Array(10));
    expect((await ended)?.code).toBe('EFAULT');
  });
});
