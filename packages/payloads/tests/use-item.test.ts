import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import {
  holdItem,
  ItemReader,
  ItemWriter,
  registerCodec,
  releaseItem,
  useItem,
} from '@arena/payloads';
import type { Lease } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send } from './send.js';

const compress = promisify(gzip);
const bytes = (fill: number) => new Uint8Array(50_000).fill(fill);

let pool: SegmentPool;
let writer: ItemWriter;
let reader: ItemReader;

beforeEach(() => {
  pool = SegmentPool.create({ segmentSize: 65_536, segmentCount: 2 });
  writer = new ItemWriter(pool.writer());
  reader = new ItemReader(pool.reader());
});
afterEach(() => pool.close());

/** An item that came through the pool, and holds one of its segments. */
function received<T>(item: T): T & Disposable {
  writer.writeSync(item);
  return reader.readSync().value as T & Disposable;
}

const leasesOut = () => pool.stats().leasesOut;

/** A promise that its test settles. */
function gate(): { promise: Promise<void>; open: () => void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

describe('useItem', () => {
  it('keeps an item that is released meanwhile, views and all, until its task has settled', async () => {
    const item = received({ data: bytes(7) });
    const { promise, open } = gate();
    const used = useItem(item, async ({ data }) => {
      await promise;
      return data.every((byte) => byte === 7) && data.length;
    });
    releaseItem(item);
    expect(leasesOut()).toBe(1);
    open();
    expect(await used).toBe(50_000);
    expect(leasesOut()).toBe(0);
    expect(item.data).toHaveLength(0);
  });

  it('releases the item by itself, and only then', async () => {
    const item = received({ data: bytes(1) });
    await useItem(item, () => expect(leasesOut()).toBe(1));
    expect([leasesOut(), item.data.length]).toEqual([0, 0]);
  });

  it('of a part of an item releases nothing', async () => {
    const item = received({ left: bytes(1), right: bytes(2).subarray(49_000) });
    await useItem(item.left, () => {});
    expect(await useItem(item.right, ([first]) => first)).toBe(2);
    expect(leasesOut()).toBe(1);
    releaseItem(item);
    expect(leasesOut()).toBe(0);
  });

  it('keeps the item until the last of several tasks has settled', async () => {
    const item = received({ data: bytes(1) });
    const gates = [gate(), gate()];
    const tasks = gates.map(({ promise }) => useItem(item, () => promise));
    releaseItem(item);
    gates[1]?.open();
    await tasks[1];
    expect(item.data).toHaveLength(50_000);
    gates[0]?.open();
    await tasks[0];
    expect(item.data).toHaveLength(0);
  });

  it('fails with the error of the task, and releases the item', async () => {
    const fail = () => {
      throw new RangeError('no such codec');
    };
    for (const task of [fail, async () => fail()]) {
      await expect(useItem(received({ data: bytes(1) }), task)).rejects.toThrow('no such codec');
      expect(leasesOut()).toBe(0);
    }
  });

  const tensor = { dtype: 'uint8', shape: [50_000], data: bytes(3) };
  it.each<[string, object, (item: never) => unknown]>([
    ['a tensor', { tensor }, (item: { tensor: object }) => item.tensor],
    ['a typed array', [bytes(3)], (item: Uint8Array[]) => item[0]],
    ['an item that is a typed array', bytes(3), (item: Uint8Array) => item],
    ['an object deep in it', { a: [{ b: bytes(3) }] }, (item: { a: object[] }) => item.a[0]],
    ['a Map', { map: new Map([['k', bytes(3)]]) }, (item: { map: object }) => item.map],
    ['a subarray', { data: bytes(3) }, (item: { data: Uint8Array }) => item.data.subarray(9)],
  ])('keeps the memory of %s of an item', async (_, sent, find) => {
    const item = received(sent);
    const part = find(item as never);
    const { promise, open } = gate();
    const used = useItem(part, async (given) => {
      expect(given).toBe(part);
      await promise;
    });
    releaseItem(item);
    expect(leasesOut()).toBe(1);
    open();
    await used;
    expect(leasesOut()).toBe(0);
  });

  it('works with values that hold no shared memory: small items, private copies, primitives', async () => {
    const { data } = received({ data: new Uint8Array(4).fill(4) });
    expect(await useItem(data, (view) => view[0])).toBe(4);
    expect(await useItem(send({ data: bytes(5) }), (item) => item.data[0])).toBe(5);
    expect(await useItem(6, (six) => six)).toBe(6);
    expect(await useItem(null, () => 7)).toBe(7);
  });

  it('refuses an item that was released, and a task that is no function', async () => {
    const item = received({ data: bytes(1) });
    const { data } = item;
    releaseItem(item);
    const ended = {
      code: 'ERR_ARENA_LEASE_RELEASED',
      message: expect.stringContaining('released'),
    };
    await expect(useItem(item, () => {})).rejects.toMatchObject(ended);
    await expect(useItem(data, () => {})).rejects.toMatchObject(ended);
    await expect(useItem(item, undefined as never)).rejects.toMatchObject({
      code: 'ERR_ARENA_INVALID_ARGUMENT',
    });
  });

  it("puts the end of a codec's value off as well", async () => {
    class Clip implements Disposable {
      ended = false;
      constructor(readonly view: Uint8Array) {}
      [Symbol.dispose](): void {
        this.ended = true;
      }
    }
    registerCodec<Clip>({
      name: 'test.clip',
      matches: (value) => value instanceof Clip,
      encode: ({ view }) => ({ payloads: [view] }),
      decode: (_meta, [view], _owner: Lease | null) => new Clip(view as Uint8Array),
    });
    const clip = received(new Clip(bytes(8)));
    const { promise, open } = gate();
    const used = useItem(clip, () => promise);
    releaseItem(clip);
    expect(clip.ended).toBe(false);
    open();
    await used;
    expect([clip.ended, leasesOut()]).toEqual([true, 0]);
  });

  it('gives native code whole items although the loop goes on and the writer writes', async () => {
    const written = (async () => {
      for (let i = 0; i < 40; i++) await writer.write({ i, data: bytes(i) });
      writer.close();
    })();
    const jobs: Promise<Buffer>[] = [];
    for await (const item of reader as ItemReader<{ data: Uint8Array }>) {
      jobs.push(useItem(item, ({ data }) => compress(data)));
    }
    await written;
    const whole = (await Promise.all(jobs)).map((packed, i) => gunzipSync(packed).equals(bytes(i)));
    expect(whole).toEqual(new Array(40).fill(true));
    expect(leasesOut()).toBe(0);
  });
});

describe('holdItem', () => {
  it('keeps the segment after the release until the hold ends', async () => {
    const item = received({ tensor: { dtype: 'uint8', shape: [50_000], data: bytes(2) } });
    const letGo = holdItem(item.tensor);
    releaseItem(item);
    expect(item.tensor.data).toHaveLength(0);
    expect(writer.tryWrite({ data: bytes(1) })).toBe(true);
    expect(writer.tryWrite({ data: bytes(1) })).toBe(false);
    letGo();
    letGo();
    await sleep(0);
    expect(writer.tryWrite({ data: bytes(1) })).toBe(true);
  });

  it('does nothing for a value without shared memory, and refuses a released item', () => {
    holdItem({ a: 1 })();
    holdItem(undefined)();
    const item = received([bytes(1)]);
    releaseItem(item);
    expect(() => holdItem(item)).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_LEASE_RELEASED' }),
    );
  });
});
