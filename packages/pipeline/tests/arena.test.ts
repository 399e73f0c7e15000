import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type RunInSubprocessOptions,
  runInSubprocess,
  type SubprocessPipeline,
} from '@arena/pipeline';
import type { Arena } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer, type RingBufferOptions } from '@arena/transport-ring';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, failureOf, until } from './support.js';
import { MiB } from './transports.js';

interface Item {
  readonly index: number;
  readonly data: Uint8Array;
}

const producer = new URL('./fixtures/producer.js', import.meta.url);
const unitBytes = 64 * 1024;

let folder: string;
let arena: Arena;
let pipeline: SubprocessPipeline<Item>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-pipeline-'));
});

afterEach(async () => {
  await pipeline.close();
  arena.close();
  rmSync(folder, { recursive: true });
});

function start(on: Arena, args: object, options: RunInSubprocessOptions = {}) {
  arena = on;
  pipeline = runInSubprocess<Item>(producer, { args, arena, ...options });
  return pipeline;
}

const pool = (segmentCount: number) => SegmentPool.create({ segmentSize: unitBytes, segmentCount });
const ring = (options: Partial<RingBufferOptions>) =>
  RingBuffer.create({ capacity: MiB, ...options });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const indexOf = ({ index }: Item) => index;
const isIntact = ({ index, data }: Item) =>
  data.length === unitBytes && data.every((byte) => byte === index % 256);
const release = (items: readonly Disposable[]) => {
  for (const item of items) item[Symbol.dispose]();
};

describe('over a pool', () => {
  it('bytes are shared memory, and come back to the producer with `using`', async () => {
    start(pool(2), { kind: 'count', count: 10 });
    for await (using item of pipeline) {
      expect(isIntact(item)).toBe(true);
      expect(arena.stats().leasesOut).toBe(1);
    }
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('an item that is held stays as it is over later passes, and stalls none of them', async () => {
    start(pool(3), { kind: 'count', count: 8 });
    const held: (Item & Disposable)[] = [];
    for (let pass = 0; pass < 2; pass++) {
      const seen: number[] = [];
      for await (const item of pipeline) {
        seen.push(item.index);
        if (item.index === 3 + pass) held.push(item);
        else item[Symbol.dispose]();
      }
      expect(seen).toEqual(upTo(8));
    }
    expect(held.map(indexOf)).toEqual([3, 4]);
    expect(held.every(isIntact)).toBe(true);
    release(held);
  });

  it('a pass ends although its consumer holds every segment', async () => {
    start(pool(4), { kind: 'count', count: 4 });
    const items = await collect(pipeline);
    expect(items.map(indexOf)).toEqual([0, 1, 2, 3]);
    expect(items.every(isIntact)).toBe(true);
    release(items);
  });

  it('items outlive their process and the pipeline', async () => {
    start(pool(4), { kind: 'count', count: 3 });
    const items = await collect(pipeline);
    await pipeline.close();
    expect(items.every(isIntact)).toBe(true);
    release(items);
    expect(items.map(({ data }) => data.length)).toEqual([0, 0, 0]);
  });

  it('the producer fills every segment ahead of its consumer, and no more', async () => {
    start(pool(3), { kind: 'endless' });
    const iterator = pipeline[Symbol.asyncIterator]();
    const { value } = await iterator.next();
    // The one that is leased, and two more.
    await until(() => arena.stats().inFlight === 3);
    expect(arena.stats().writtenUnits).toBe(3);
    value?.[Symbol.dispose]();
    await until(() => arena.stats().writtenUnits === 4);
    await iterator.return?.();
  });

  it('binaries up to copyThreshold take no segment', async () => {
    start(pool(1), { kind: 'count', count: 3, byteLength: 2048 }, { copyThreshold: 2048 });
    const items = await collect(pipeline);
    expect(items.map(({ data }) => data.length)).toEqual([2048, 2048, 2048]);
    expect(arena.stats().leasesOut).toBe(0);
  });
});

describe('a pipeline that is closed', () => {
  const mappings = () =>
    readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => line.includes('memfd:arena'));

  it('leaves nothing of its own mapped or open', async () => {
    start(pool(3), { kind: 'count', count: 3 });
    for await (using _ of pipeline);
    await pipeline.close();
    const before = { mappings: mappings().length, open: readdirSync('/proc/self/fd').length };
    for (let again = 0; again < 3; again++) {
      pipeline = runInSubprocess<Item>(producer, { args: { kind: 'count', count: 3 }, arena });
      for await (using _ of pipeline);
      await pipeline.close();
    }
    await until(() => mappings().length <= before.mappings);
    await until(() => readdirSync('/proc/self/fd').length <= before.open);
  });
});

describe('over a ring', () => {
  it('that fails when it is full, the error reaches the consumer after the items before it', async () => {
    const file = join(folder, 'notes');
    start(ring({ whenFull: 'throw' }), { kind: 'endless', file });
    const iterator = pipeline[Symbol.asyncIterator]();
    const first = await iterator.next();
    expect(first.value?.index).toBe(0);
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('closed'));
    const { items, error } = await failureOf({ [Symbol.asyncIterator]: () => iterator });
    expect(items.length).toBeGreaterThan(10);
    expect(items.map(indexOf)).toEqual(upTo(items.length + 1).slice(1));
    expect(error).toMatchObject({
      name: 'ArenaError',
      code: 'ERR_ARENA_FULL',
      message: expect.stringMatching(/^shared-memory arena full/),
    });
    for await (const item of pipeline) {
      expect(isIntact(item)).toBe(true);
      if (item.index === 5) break;
    }
  });

  it('that has room for a whole pass, no pass fails', async () => {
    start(ring({ whenFull: 'throw' }), { kind: 'count', count: 12 });
    for (let pass = 0; pass < 3; pass++) {
      const items = await collect(pipeline);
      expect(items.map(indexOf)).toEqual(upTo(12));
      expect(items.every(isIntact)).toBe(true);
    }
  });

  it('items are private copies that nothing overwrites', async () => {
    start(ring({ whenFull: 'wait' }), { kind: 'count', count: 60 });
    const items = await collect(pipeline);
    expect(items.every(isIntact)).toBe(true);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('that overwrites, a consumer that falls behind fails, and its next pass begins with the first item', async () => {
    start(ring({ whenFull: 'overwrite' }), { kind: 'flood' });
    const fallBehind = async () => {
      for await (const _ of pipeline) await until(() => arena.stats().writtenUnits > 200);
    };
    await expect(fallBehind()).rejects.toMatchObject({ code: 'ERR_ARENA_LAPPED' });
    expect((await collect(pipeline)).map(indexOf)).toEqual([0, 1, 2]);
  });
});
