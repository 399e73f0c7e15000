import { releaseItem, restoreItem } from '@arena/payloads';
import { describe, expect, it } from 'vitest';
import { leaseOf } from './send.js';

const large = () => new Uint8Array(40_000).fill(1);

describe('a restored item', () => {
  it('holds its lease until it is disposed of, then its views are empty', () => {
    const lease = leaseOf({ data: large() });
    const item = restoreItem<{ data: Uint8Array }>(lease);
    expect(lease.active).toBe(true);
    expect(item.data[19_999]).toBe(1);
    item[Symbol.dispose]();
    expect(lease.active).toBe(false);
    expect(item.data).toHaveLength(0);
  });

  it('is disposed of by using, and by releaseItem, and twice without harm', () => {
    const lease = leaseOf([large()]);
    {
      using item = restoreItem<Uint8Array[]>(lease);
      expect(item[0]).toHaveLength(40_000);
    }
    expect(lease.active).toBe(false);

    const second = leaseOf([large()]);
    const item = restoreItem(second);
    releaseItem(item);
    releaseItem(item);
    expect(second.active).toBe(false);
  });

  it('hides its dispose from enumeration and comparison', () => {
    const item = restoreItem<{ data: Uint8Array }>(leaseOf({ data: large() }));
    expect(Reflect.ownKeys(item)).toContain(Symbol.dispose);
    expect(Object.keys(item)).toEqual(['data']);
    expect(item).toStrictEqual({ data: large() });
  });

  it.each([
    ['an array', () => [large()]],
    ['a typed array', () => new Float32Array(40_000)],
    ['a Buffer', () => Buffer.alloc(40_000)],
    ['a Map', () => new Map([['data', large()]])],
    ['a Set', () => new Set([large()])],
    ['an Error', () => new Error('e', { cause: large() })],
  ])('may be %s', (_, make) => {
    const lease = leaseOf(make());
    const item = restoreItem<object>(lease);
    expect(lease.active).toBe(true);
    releaseItem(item);
    expect(lease.active).toBe(false);
  });

  it('without payloads has released its lease and can be disposed of all the same', () => {
    for (const value of [{ i: 1 }, [], new Map(), new Uint8Array(3), new Date(0)]) {
      const lease = leaseOf(value);
      const item = restoreItem<object>(lease);
      expect(lease.active).toBe(false);
      item[Symbol.dispose]();
      expect(lease.releases).toBe(1);
    }
  });

  it('that is a primitive has released its lease', () => {
    for (const value of [null, undefined, 1, 'text', 10n ** 30n, 'x'.repeat(100_000)]) {
      const lease = leaseOf(value);
      expect(restoreItem(lease)).toBe(value);
      expect(lease.active).toBe(false);
      releaseItem(value);
    }
  });

  it('works the same over a private copy', () => {
    const lease = Object.assign(leaseOf({ data: large() }), { zeroCopy: false });
    const item = restoreItem<{ data: Uint8Array }>(lease);
    expect(item.data).toHaveLength(40_000);
    releaseItem(item);
    expect(item.data).toHaveLength(0);
  });

  it('takes nothing from an item that is not its own', () => {
    let disposed = 0;
    releaseItem({ [Symbol.dispose]: () => disposed++ });
    for (const value of [null, undefined, 5, {}, []]) releaseItem(value);
    expect(disposed).toBe(1);
  });

  it('that is dropped keeps its memory by its views alone, and its lease by nothing', async () => {
    const collect = globalThis.gc as () => void;
    let lease: ReturnType<typeof leaseOf> | undefined = leaseOf({ data: large() });
    const watchedLease = new WeakRef(lease);
    const watchedBuffer = new WeakRef(lease.bytes.buffer);
    let view: Uint8Array | undefined = restoreItem<{ data: Uint8Array }>(lease).data.subarray(5);
    lease = undefined;
    await collected(watchedLease, collect);
    expect(watchedLease.deref()).toBeUndefined();
    expect(watchedBuffer.deref()).toBeDefined();
    expect(view?.[0]).toBe(1);
    view = undefined;
    await collected(watchedBuffer, collect);
    expect(watchedBuffer.deref()).toBeUndefined();
  });
});

/** Collects until `watched` is gone, or a few times in vain. */
async function collected(watched: WeakRef<object>, collect: () => void): Promise<void> {
  for (let i = 0; i < 20 && watched.deref(); i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}
