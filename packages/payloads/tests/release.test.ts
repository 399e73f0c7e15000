import { offloadItem, releaseItem, restoreItem } from '@arena/payloads';
import type { Lease } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaseOf } from './send.js';

const large = () => new Uint8Array(40_000).fill(1);

let pool: SegmentPool;

beforeEach(() => {
  pool = SegmentPool.create({ segmentSize: 131_072, segmentCount: 2 });
});
afterEach(() => pool.close());

/** The lease of an item that came through a pool. */
function pooled(item: unknown): Lease {
  const offloaded = offloadItem(item);
  using writer = pool.writer();
  using unit = writer.acquireSync(offloaded.byteLength, { envelope: offloaded.envelope });
  offloaded.copyTo(unit.bytes);
  unit.commit();
  using reader = pool.reader();
  return reader.tryRead() as Lease;
}

describe('a restored item', () => {
  it('holds its lease until it is disposed of, then its views are empty', () => {
    const lease = pooled({ data: large() });
    const item = restoreItem<{ data: Uint8Array }>(lease);
    expect(lease.active).toBe(true);
    expect(item.data[19_999]).toBe(1);
    item[Symbol.dispose]();
    expect(lease.active).toBe(false);
    expect(item.data).toHaveLength(0);
    expect(pool.stats().leasesOut).toBe(0);
  });

  it('is disposed of by using, and by releaseItem, and twice without harm', () => {
    const lease = pooled([large()]);
    {
      using item = restoreItem<Uint8Array[]>(lease);
      expect(item[0]).toHaveLength(40_000);
    }
    expect(lease.active).toBe(false);

    const second = pooled([large()]);
    const item = restoreItem(second);
    releaseItem(item);
    releaseItem(item);
    expect(second.active).toBe(false);
  });

  it('hides its dispose from enumeration and comparison', () => {
    const item = restoreItem<{ data: Uint8Array }>(pooled({ data: large() }));
    expect(Reflect.ownKeys(item)).toContain(Symbol.dispose);
    expect(Object.keys(item)).toEqual(['data']);
    expect(item).toStrictEqual({ data: large() });
    releaseItem(item);
  });

  it.each([
    ['an array', () => [large()]],
    ['a typed array', () => new Float32Array(20_000)],
    ['a Buffer', () => Buffer.alloc(40_000)],
    ['a Map', () => new Map([['data', large()]])],
    ['a Set', () => new Set([large()])],
    ['an Error', () => new Error('e', { cause: large() })],
  ])('may be %s', (_, make) => {
    const lease = pooled(make());
    const item = restoreItem<object>(lease);
    expect(lease.active).toBe(true);
    releaseItem(item);
    expect(lease.active).toBe(false);
  });

  it('without payloads has released its lease and can be disposed of all the same', () => {
    for (const value of [{ i: 1 }, [], new Map(), new Uint8Array(3), new Date(0)]) {
      const lease = pooled(value);
      const item = restoreItem<object>(lease);
      expect(lease.active).toBe(false);
      item[Symbol.dispose]();
    }
  });

  it('that is a primitive has released its lease', () => {
    for (const value of [null, undefined, 1, 'text', 10n ** 30n, 'x'.repeat(100_000)]) {
      const lease = pooled(value);
      expect(restoreItem(lease)).toBe(value);
      expect(lease.active).toBe(false);
      releaseItem(value);
    }
  });

  it('works the same over a private copy', () => {
    const lease = leaseOf({ data: large() });
    expect(lease.zeroCopy).toBe(false);
    const item = restoreItem<{ data: Uint8Array }>(lease);
    expect(item.data).toHaveLength(40_000);
    releaseItem(item);
    expect(lease.active).toBe(false);
  });

  it('disposes only of values with a dispose of their own by releaseItem', () => {
    let disposed = 0;
    releaseItem({ [Symbol.dispose]: () => disposed++ });
    for (const value of [null, undefined, 5, {}, []]) releaseItem(value);
    expect(disposed).toBe(1);
  });

  it('that is dropped keeps its memory by its views alone, and gives it back with the last', async () => {
    let view: Uint8Array | undefined = restoreItem<{ data: Uint8Array }>(
      pooled({ data: large() }),
    ).data.subarray(5);
    for (let i = 0; i < 5; i++) await collect();
    expect(pool.stats().leasesOut).toBe(1);
    expect(view?.[0]).toBe(1);
    view = undefined;
    while (pool.stats().leasesOut > 0) await collect();
  });
});

async function collect(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  (globalThis.gc as () => void)();
}
