import { ItemReader, ItemWriter, offloadItem } from '@arena/payloads';
import type { Reader, Writer } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';
import { FakeArena, FakeReader, FakeWriter } from './fake-arena.js';
import { errorOf } from './send.js';

const large = (fill = 1) => ({ data: new Uint8Array(50_000).fill(fill), fill });
type Large = ReturnType<typeof large>;

function endpoints<T>(arena = new FakeArena()) {
  const sink = new FakeWriter(arena);
  return {
    arena,
    sink,
    writer: new ItemWriter<T>(sink as unknown as Writer),
    reader: new ItemReader<T>(new FakeReader(arena) as unknown as Reader),
  };
}

describe('ItemWriter', () => {
  it('writes small items beside a unit without bytes and large ones into it', async () => {
    const { arena, writer } = endpoints<unknown>();
    await writer.write({ small: new Uint8Array(10) });
    await writer.write(large());
    expect(arena.queue.map((unit) => unit.bytes.length)).toEqual([0, 50_000]);
  });

  it('passes the deadline, the signal and the tag on', async () => {
    const { sink, writer, reader } = endpoints<unknown>();
    const { signal } = new AbortController();
    for (const item of [1, large()]) {
      await writer.write(item, { timeoutMs: 7, signal, tag: 5 });
      expect(sink.lastOptions).toMatchObject({ timeoutMs: 7, signal });
      writer.writeSync(item, { timeoutMs: 8, tag: 6 });
      expect(sink.lastOptions).toMatchObject({ timeoutMs: 8 });
      writer.tryWrite(item, { tag: 7 });
      for (const tag of [5, 6, 7]) expect(await reader.read()).toMatchObject({ tag });
    }
  });

  it('returns false from tryWrite and keeps the arena as it is when there is no space', () => {
    const { arena, writer } = endpoints<unknown>(new FakeArena({ units: 1 }));
    expect(writer.tryWrite(large())).toBe(true);
    for (const item of [1, large()]) {
      expect(writer.tryWrite(item)).toBe(false);
      expect(errorOf(() => writer.writeSync(item)).code).toBe('ERR_ARENA_FULL');
    }
    expect(arena.queue).toHaveLength(1);
  });

  it('takes no space for an item that cannot be sent', async () => {
    const { arena, writer } = endpoints<unknown>();
    await expect(writer.write({ f() {} })).rejects.toMatchObject({ code: 'ERR_ARENA_UNSENDABLE' });
    expect(arena).toMatchObject({ openUnits: 0, queue: [] });
  });

  it('gives the unit up when a binary has gone before it is filled', async () => {
    const { arena, writer } = endpoints<unknown>();
    const item = large();
    const written = writer.write(item);
    structuredClone(item.data.buffer, { transfer: [item.data.buffer] });
    await expect(written).rejects.toMatchObject({ code: 'ERR_ARENA_UNSENDABLE' });
    expect(arena).toMatchObject({ openUnits: 0, queue: [] });
  });

  it('offloads by its own threshold', () => {
    const arena = new FakeArena();
    const writer = new ItemWriter(new FakeWriter(arena) as unknown as Writer, { copyThreshold: 4 });
    writer.writeSync(new Uint8Array(5));
    expect(arena.queue[0]?.bytes).toHaveLength(5);
  });

  it('closes its writer, also at the end of using', () => {
    const { sink, writer } = endpoints();
    expect(writer.closed).toBe(false);
    writer[Symbol.dispose]();
    expect([writer.closed, sink.closed]).toEqual([true, true]);
  });
});

describe('ItemReader', () => {
  it('tells an item that is null or undefined from the end', async () => {
    const { writer, reader } = endpoints<null | undefined>();
    await writer.write(null);
    await writer.write(undefined);
    expect(await reader.read()).toEqual({ done: false, value: null, tag: 0 });
    expect(reader.readSync()).toEqual({ done: false, value: undefined, tag: 0 });
    expect(reader.tryRead()).toBeNull();
    writer.close();
    expect(reader.ended).toBe(true);
    const end = { done: true, value: undefined };
    expect([await reader.read(), reader.readSync(), reader.tryRead()]).toEqual([end, end, end]);
  });

  it('iterates to the end and releases what using holds', async () => {
    const { arena, writer, reader } = endpoints<Large>();
    for (const fill of [1, 2, 3]) await writer.write(large(fill));
    writer.close();
    const seen: number[] = [];
    for await (using item of reader) {
      expect(arena.leases.at(-1)?.active).toBe(true);
      seen.push(item.data[49_999] as number);
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(arena.leases.map((lease) => lease.active)).toEqual([false, false, false]);
  });

  it('can be iterated again after the loop was left', async () => {
    const { writer, reader } = endpoints<number>();
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
    const { arena, writer, reader } = endpoints<unknown>();
    writer.writeSync({ a: 1 });
    writer.writeSync({ b: 2 });
    arena.queue[0]?.envelope.fill(0xff, 8);
    await expect(reader.read()).rejects.toMatchObject({ code: 'ERR_ARENA_CORRUPT' });
    expect(arena.leases[0]?.active).toBe(false);
    expect(await reader.read()).toMatchObject({ value: { b: 2 } });
  });

  it('takes items that were offloaded by hand', async () => {
    const { arena, reader } = endpoints<Large>();
    const { envelope, byteLength, copyTo } = offloadItem(large(4), { tag: 9 });
    expect(copyTo).toBeTypeOf('function');
    const unit = arena.open(byteLength, { envelope });
    offloadItem(large(4)).copyTo(unit?.bytes as Uint8Array);
    unit?.commit();
    expect(await reader.read()).toMatchObject({ tag: 9, value: { fill: 4 } });
  });

  it('closes its reader and leaves items valid', async () => {
    const { writer, reader } = endpoints<Large>();
    await writer.write(large());
    const result = await reader.read();
    reader[Symbol.dispose]();
    expect(reader.closed).toBe(true);
    expect(result.value?.data[0]).toBe(1);
  });
});
