import { ItemReader, ItemWriter, offloadItem, releaseItem } from '@arena/payloads';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from './send.js';

const large = (fill = 1) => ({ data: new Uint8Array(50_000).fill(fill), fill });
type Large = ReturnType<typeof large>;

const segmentCount = 2;
let pool: SegmentPool;

beforeEach(() => {
  pool = SegmentPool.create({ segmentSize: 65_536, segmentCount });
});
afterEach(() => pool.close());

const writerOf = <T = unknown>() => new ItemWriter<T>(pool.writer());
const readerOf = <T = unknown>() => new ItemReader<T>(pool.reader());

/** Fills every segment; reading one item frees one. */
function fill(writer: ItemWriter<unknown>): void {
  for (let i = 0; i < segmentCount; i++) expect(writer.tryWrite(large(i))).toBe(true);
}

describe('ItemWriter', () => {
  it('writes small items beside a unit without bytes and large ones into it', async () => {
    const writer = writerOf();
    await writer.write({ small: new Uint8Array(10) });
    await writer.write(large());
    const reader = pool.reader();
    const lengths = [reader.tryRead(), reader.tryRead()].map((lease) => lease?.bytes.length);
    expect(lengths).toEqual([0, 50_000]);
  });

  it('sends the tag along, in each way of writing', async () => {
    const writer = writerOf();
    const reader = readerOf();
    for (const item of [1, large()]) {
      await writer.write(item, { tag: 5 });
      releaseItem((await readTagged(reader, 5)).value);
      writer.writeSync(item, { tag: 6 });
      releaseItem((await readTagged(reader, 6)).value);
      writer.tryWrite(item, { tag: 7 });
      releaseItem((await readTagged(reader, 7)).value);
    }
  });

  it('waits for space until its deadline, or its signal aborts', async () => {
    const writer = writerOf();
    fill(writer);
    await expect(writer.write(large(), { timeoutMs: 5 })).rejects.toMatchObject({
      code: 'ERR_ARENA_FULL',
    });
    expect(errorOf(() => writer.writeSync(large(), { timeoutMs: 5 })).code).toBe('ERR_ARENA_FULL');
    const controller = new AbortController();
    const written = writer.write(large(), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(written).rejects.toThrow('enough');
  });

  it('writes a waiting item as soon as there is space', async () => {
    const writer = writerOf<Large>();
    fill(writer as ItemWriter<unknown>);
    const written = writer.write(large(9));
    const reader = readerOf<Large>();
    for (const fill of [0, 1, 9]) {
      const { value } = await reader.read();
      expect(value?.fill).toBe(fill);
      releaseItem(value);
    }
    await written;
  });

  it('returns false from tryWrite and keeps the arena as it is when there is no space', () => {
    const writer = writerOf();
    fill(writer);
    expect(writer.tryWrite(large())).toBe(false);
    expect(pool.stats().writtenUnits).toBe(segmentCount);
  });

  it('takes no space for an item that cannot be sent', async () => {
    const writer = writerOf();
    await expect(writer.write({ f() {} })).rejects.toMatchObject({ code: 'ERR_ARENA_UNSENDABLE' });
    expect(errorOf(() => writer.tryWrite({ f() {} })).code).toBe('ERR_ARENA_UNSENDABLE');
    fill(writer);
  });

  it.each<[string, (item: Large) => void]>([
    ['transferred', ({ data }) => structuredClone(data.buffer, { transfer: [data.buffer] })],
    ['changed in length', (item) => (item.data.buffer as Resizable).resize(10)],
  ])('gives the unit up when a binary was %s while it waited', async (_, spoil) => {
    const writer = writerOf();
    fill(writer);
    const data = new Uint8Array(resizable(50_000));
    const item = { nested: [{ data, fill: 1 }] };
    const written = writer.write(item);
    spoil(item.nested[0] as Large);
    const reader = readerOf();
    releaseItem((await reader.read()).value);
    await expect(written).rejects.toMatchObject({
      code: 'ERR_ARENA_UNSENDABLE',
      message: expect.stringMatching(/^item\.nested\[0\]\.data (is detached|has \d+ bytes now)/),
      details: { path: 'item.nested[0].data' },
    });
    expect(writer.tryWrite(large(7))).toBe(true);
  });

  it('offloads by its own threshold', () => {
    const writer = new ItemWriter(pool.writer(), { copyThreshold: 4 });
    writer.writeSync(new Uint8Array(5));
    expect(pool.reader().tryRead()?.bytes).toHaveLength(5);
  });

  it('closes its writer, also at the end of using', () => {
    const inner = pool.writer();
    const writer = new ItemWriter(inner);
    expect(writer.closed).toBe(false);
    writer[Symbol.dispose]();
    expect([writer.closed, inner.closed]).toEqual([true, true]);
  });
});

describe('ItemReader', () => {
  it('tells an item that is null or undefined from the end', async () => {
    const writer = writerOf<null | undefined>();
    const reader = readerOf<null | undefined>();
    await writer.write(null);
    await writer.write(undefined);
    expect(await reader.read()).toEqual({ done: false, value: null, tag: 0 });
    expect(reader.readSync()).toEqual({ done: false, value: undefined, tag: 0 });
    expect(reader.tryRead()).toBeNull();
    writer.close();
    const end = { done: true, value: undefined };
    expect([await reader.read(), reader.readSync(), reader.tryRead()]).toEqual([end, end, end]);
    expect(reader.ended).toBe(true);
  });

  it('iterates to the end and releases what using holds', async () => {
    const writer = writerOf<Large>();
    const reader = readerOf<Large>();
    const written = (async () => {
      for (const fill of [1, 2, 3, 4, 5]) await writer.write(large(fill));
      writer.close();
    })();
    const seen: number[] = [];
    for await (using item of reader) {
      expect(pool.stats().leasesOut).toBe(1);
      seen.push(item.data[49_999] as number);
    }
    await written;
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(pool.stats().leasesOut).toBe(0);
  });

  it('can be iterated again after the loop was left', async () => {
    const writer = writerOf<number>();
    const reader = readerOf<number>();
    for (const item of [1, 2, 3]) writer.writeSync(item);
    writer.close();
    const seen: number[] = [];
    for await (const item of reader) {
      seen.push(item);
      break;
    }
    for await (const item of reader) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('goes on with the next item after one that cannot be restored', async () => {
    const { envelope } = offloadItem({ a: 1 });
    envelope.fill(0xff, 8);
    using writer = pool.writer();
    writer.writeSync(new Uint8Array(50_000), { envelope });
    writer.writeSync(new Uint8Array(0), { envelope: offloadItem({ b: 2 }).envelope });
    const reader = readerOf();
    await expect(reader.read()).rejects.toMatchObject({ code: 'ERR_ARENA_CORRUPT' });
    expect(pool.stats().leasesOut).toBe(0);
    expect(await reader.read()).toMatchObject({ value: { b: 2 } });
  });

  it('takes items that were offloaded by hand', async () => {
    const offloaded = offloadItem(large(4), { tag: 9 });
    const { byteLength, envelope } = offloaded;
    using writer = pool.writer();
    const unit = await writer.acquire(byteLength, { envelope });
    offloaded.copyTo(unit.bytes);
    unit.commit();
    expect(await readerOf().read()).toMatchObject({ tag: 9, value: { fill: 4 } });
  });

  it('closes its reader and leaves items valid', async () => {
    const reader = readerOf<Large>();
    await writerOf().write(large());
    const result = await reader.read();
    reader[Symbol.dispose]();
    expect(reader.closed).toBe(true);
    expect(result.value?.data[0]).toBe(1);
  });
});

async function readTagged(reader: ItemReader, tag: number) {
  const result = await reader.read();
  expect(result).toMatchObject({ tag });
  return result;
}

interface Resizable extends ArrayBuffer {
  resize(byteLength: number): void;
}

function resizable(byteLength: number): Resizable {
  const Buffer = ArrayBuffer as unknown as new (byteLength: number, options: object) => Resizable;
  return new Buffer(byteLength, { maxByteLength: byteLength });
}
