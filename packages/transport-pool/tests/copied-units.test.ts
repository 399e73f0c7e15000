import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from '@arena/shm-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SegmentPool } from '../dist/index.js';

const segmentSize = 64 * 1024;

let pool: SegmentPool;
afterEach(() => pool.close());

const numbered = (byteLength: number, number: number) => new Uint8Array(byteLength).fill(number);

/** Releases the leases, and returns their content as [length, first byte, last byte]. */
const contents = (leases: readonly Lease[]) =>
  leases.map((lease) => {
    const { bytes } = lease;
    const found = [bytes.byteLength, bytes[0], bytes.at(-1)];
    lease.release();
    return found;
  });

describe('a unit that is copied through the queue of a pool', () => {
  it('waits for the queue alone, not again and again because segments are free', async () => {
    pool = SegmentPool.create({ segmentSize, segmentCount: 4, queueBytes: 4096 });
    const writer = pool.writer();
    const reader = pool.reader();
    while (writer.tryWrite(numbered(1000, 1), { copy: true }));
    const { native } = writer as unknown as { native: { tryWrite(): number } };
    const tries = vi.spyOn(native, 'tryWrite');
    const written = writer.write(numbered(1000, 2), { copy: true });
    await sleep(50);
    // The call itself, once it is queued, after asking for a ring; later only the rare second looks.
    expect(tries.mock.calls.length).toBeLessThan(10);
    const first = reader.tryRead();
    expect(first?.zeroCopy).toBe(false);
    first?.release();
    await written;
  });

  it('makes a blocked write wait for the queue', () => {
    pool = SegmentPool.create({ segmentSize, segmentCount: 4, queueBytes: 4096 });
    const writer = pool.writer();
    while (writer.tryWrite(numbered(1000, 1), { copy: true }));
    const { native } = writer as unknown as { native: { wait(): number } };
    const waits = vi.spyOn(native, 'wait');
    expect(() => writer.writeSync(numbered(1000, 2), { copy: true, timeoutMs: 20 })).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_FULL' }),
    );
    expect(waits.mock.calls.length).toBeLessThan(10);
  });
});

describe('readMany of a pool', () => {
  it('takes small copies, leases and large copies in the order in which they were written', async () => {
    pool = SegmentPool.create({ segmentSize, segmentCount: 8, queueBytes: 2 ** 20 });
    const writer = pool.writer();
    const reader = pool.reader();
    const sent: [number, boolean][] = [
      [100, true],
      [200, true],
      [300, false],
      [400, false],
      [40_000, true],
      [16_384, true],
      [16_385, true],
      [5, true],
      [segmentSize, false],
    ];
    for (const [number, [byteLength, copy]] of sent.entries()) {
      expect(writer.tryWrite(numbered(byteLength, number), { copy })).toBe(true);
    }
    writer.close();
    const found: unknown[] = [];
    const leased: boolean[] = [];
    for (;;) {
      const leases = await reader.readMany(100);
      if (!leases) break;
      expect(leases.length).toBeGreaterThan(0);
      leased.push(...leases.map((lease) => lease.zeroCopy));
      found.push(...contents(leases));
    }
    expect(found).toEqual(sent.map(([byteLength], number) => [byteLength, number, number]));
    expect(leased).toEqual(sent.map(([, copy]) => !copy));
  });

  it('returns all the leases that are there, up to as many as were asked for', () => {
    pool = SegmentPool.create({ segmentSize, segmentCount: 8 });
    const writer = pool.writer();
    const reader = pool.reader();
    for (let number = 0; number < 5; number++) {
      writer.tryWrite(numbered(1000, number), { copy: false });
    }
    expect(contents(reader.tryReadMany(3))).toEqual([0, 1, 2].map((n) => [1000, n, n]));
    expect(contents(reader.tryReadMany(3))).toEqual([3, 4].map((n) => [1000, n, n]));
    expect(reader.tryReadMany(3)).toEqual([]);
  });

  it('fills slab after slab, and no unit shows the bytes of another', () => {
    pool = SegmentPool.create({ segmentSize, segmentCount: 2, queueBytes: 2 ** 20 });
    const writer = pool.writer();
    const reader = pool.reader();
    const kept: Lease[] = [];
    for (let round = 0; round < 20; round++) {
      for (let number = 0; number < 10; number++) {
        writer.tryWrite(numbered(1 + 977 * number, round * 10 + number), { copy: true });
      }
      for (let left = 10; left > 0; ) {
        const leases = reader.tryReadMany(left);
        left -= leases.length;
        kept.push(...leases);
      }
    }
    const found = kept.map(({ bytes }) => [...new Set(bytes)]);
    expect(found).toEqual(kept.map((_, number) => [number]));
  });
});
