import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type RunInSubprocessOptions,
  runInSubprocess,
  type SubprocessPipeline,
} from '@arena/pipeline';
import type { Arena } from '@arena/shm-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, failureOf, isAlive, until } from './support.js';
import { MiB, type Transport, transports } from './transports.js';

interface Item {
  readonly index: number;
  readonly data: Uint8Array;
}

const producer = new URL('./fixtures/producer.js', import.meta.url);
const unitBytes = 128 * 1024;

let pipelines: SubprocessPipeline<unknown>[] = [];
let arenas: Arena[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-pipeline-'));
});

afterEach(async () => {
  await Promise.all(pipelines.map((pipeline) => pipeline.close()));
  for (const arena of arenas) arena.close();
  pipelines = [];
  arenas = [];
  rmSync(folder, { recursive: true });
});

function run<T = Item>(
  transport: Transport,
  kind: string,
  args: object = {},
  {
    units = 4,
    ...options
  }: Omit<RunInSubprocessOptions, 'args' | 'arena'> & { units?: number } = {},
): SubprocessPipeline<T> {
  const arena = transport.create(unitBytes, units);
  if (arena) arenas.push(arena);
  const pipeline = runInSubprocess<T>(producer, { args: { kind, ...args }, arena, ...options });
  pipelines.push(pipeline);
  return pipeline;
}

const lines = (file: string) => readFileSync(file, { encoding: 'utf8', flag: 'a+' }).split('\n');
const countLines = (file: string, line: string) => lines(file).filter((x) => x === line).length;

/** Takes `count` items and leaves. */
async function take(items: AsyncIterable<Item & Disposable>, count: number): Promise<number[]> {
  const seen: number[] = [];
  for await (using item of items) {
    seen.push(item.index);
    if (seen.length === count) break;
  }
  return seen;
}

/** Every item's index, after a look at its bytes. */
async function verified(items: AsyncIterable<Item & Disposable>): Promise<number[]> {
  const seen: number[] = [];
  for await (using item of items) {
    const { index, data } = item;
    const intact = data.every((byte) => byte === index % 256);
    if (!intact) throw new Error(`item ${index} of ${data.byteLength} bytes is not what was sent`);
    seen.push(index);
  }
  return seen;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe.each(transports)('over $name, a pipeline in a subprocess', (transport) => {
  it('gives every item of every pass, from one process', async () => {
    const pipeline = run(transport, 'count', { count: 20, sink: 2 });
    const { pid } = pipeline;
    for (let pass = 0; pass < 3; pass++) expect(await verified(pipeline)).toEqual(upTo(20));
    expect(pipeline.pid).toBe(pid);
    expect(isAlive(pid)).toBe(true);
  });

  it('gives nothing from an empty source, as often as asked', async () => {
    const pipeline = run(transport, 'count', { count: 0 });
    expect(await collect(pipeline)).toEqual([]);
    expect(await collect(pipeline)).toEqual([]);
  });

  it('may return a plain iterable', async () => {
    const pipeline = run<number>(transport, 'plainIterable', { count: 3 });
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
  });

  it('keeps the order of concurrent stages and gives batches', async () => {
    const pipeline = run<{ index: number; sum: number }[]>(transport, 'stages', { count: 5 });
    const batches: number[][] = [];
    for await (using batch of pipeline) {
      batches.push(batch.map(({ index, sum }) => (sum === 2 * index ? index : -1)));
    }
    expect(batches).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('gives primitives and empty values as they are', async () => {
    const values = [0, '', null, undefined, false, 10n ** 20n, -0, Number.NaN, 'text'];
    const pipeline = run<unknown>(transport, 'echo', { values });
    expect(await collect(pipeline)).toEqual(values);
  });

  it('gives objects that `using` can end, by a property that is not enumerable', async () => {
    const pipeline = run<object>(transport, 'echo', { values: [{ a: 1 }, [2]] });
    for await (using item of pipeline) {
      expect(Object.keys(item)).not.toContain('Symbol(Symbol.dispose)');
      expect(typeof item[Symbol.dispose]).toBe('function');
    }
  });

  it.each([2, 2000])('gives instances of a class with a codec, of %i elements', async (length) => {
    const { Temperature } = await import('./fixtures/temperature.js');
    interface Measured {
      readonly index: number;
      readonly at: Map<string, { readonly samples: Float64Array }[]>;
    }
    const pipeline = run<Measured>(transport, 'temperatures', { count: 3, length });
    for (let pass = 0; pass < 2; pass++) {
      const indices: number[] = [];
      for await (using item of pipeline) {
        indices.push(item.index);
        const [temperature] = item.at.get('here') ?? [];
        expect(temperature).toBeInstanceOf(Temperature);
        expect(temperature?.samples).toEqual(new Float64Array(length).fill(item.index));
      }
      expect(indices).toEqual([0, 1, 2]);
    }
  });

  it('starts anew after the loop was left while the producer waits for space', async () => {
    const file = join(folder, 'notes');
    const pipeline = run(transport, 'endless', { file }, { units: 2 });
    for (let pass = 1; pass <= 4; pass++) {
      expect(await take(pipeline, 3)).toEqual([0, 1, 2]);
      await until(() => countLines(file, 'closed') === pass);
    }
    expect(countLines(file, 'begun')).toBe(4);
  });

  it('starts anew right after the loop was left, without a pause', async () => {
    const pipeline = run(transport, 'endless', {}, { units: 2 });
    for (let pass = 0; pass < 10; pass++) expect(await take(pipeline, 2)).toEqual([0, 1]);
  });

  it('tells a source that waits that the loop was left', async () => {
    const file = join(folder, 'notes');
    const pipeline = run(transport, 'listening', { file });
    for await (const _ of pipeline) {
      // A source that is not asked for an item gets no signal.
      await until(() => countLines(file, 'listens') === 1);
      break;
    }
    await until(() => countLines(file, 'aborted') === 1);
    expect(await take(pipeline, 1)).toEqual([0]);
  });

  it.each(['sourceFails', 'stageFails'])(
    'delivers what came before an error (%s), then all of it, and goes on',
    async (kind) => {
      const pipeline = run(transport, kind, { at: 2 });
      const { items, error } = await failureOf(pipeline);
      expect(items.map((item) => item.index)).toEqual([0, 1]);
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({
        name: 'RangeError',
        message: 'no third item',
        code: 'ERR_TEST',
        attempt: 7,
        stack: expect.stringContaining('fixtures/producer.js'),
        cause: expect.objectContaining({ message: 'the cause', cause: 'its own cause' }),
      });
      expect((error as Error).cause).toBeInstanceOf(TypeError);
      for (const item of items) item[Symbol.dispose]();
      expect((await verified(pipeline)).length).toBe(kind === 'sourceFails' ? 3 : 6);
    },
  );

  it('delivers thrown values that are no errors, or errors of a class unknown here', async () => {
    const thrown = await failureOf(run(transport, 'throwsValue'));
    expect(thrown.error).toEqual({ reason: 'not an error' });
    const own = await failureOf(run(transport, 'throwsOwnError'));
    expect(own.error).toMatchObject({
      name: 'OwnError',
      message: expect.stringContaining('worker'),
    });
  });

  it('gives proxies of plain data as that data', async () => {
    expect(await collect(run<unknown>(transport, 'proxies'))).toEqual([{ a: 1 }, [[2]]]);
  });

  it('delivers an error that is part of its own cause, given or thrown', async () => {
    interface Cyclic {
      readonly error: Error & { cause: { error: Error } };
    }
    const pipeline = run<Cyclic>(transport, 'cyclicError');
    const [item] = await collect(pipeline);
    expect(item?.error).toBeInstanceOf(TypeError);
    expect(item?.error.cause.error).toBe(item?.error);
    const { error } = await failureOf(pipeline);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({
      message: 'request failed',
      status: 503,
      cause: { error: { message: 'request failed' } },
      response: { error: { message: 'request failed' } },
    });
  });

  it('fails a pass with an item that cannot be sent, and goes on', async () => {
    const pipeline = run(transport, 'unsendable');
    const { items, error } = await failureOf(pipeline);
    expect(items.map((item) => item.index)).toEqual([0]);
    expect(error).toMatchObject({
      code: 'ERR_ARENA_UNSENDABLE',
      details: { path: 'item.nested[0].operation' },
    });
    expect(await verified(pipeline)).toEqual([0]);
  });

  it('that is a generator object refuses its second pass', async () => {
    const pipeline = run(transport, 'oneShot', { count: 2 });
    expect(await verified(pipeline)).toEqual([0, 1]);
    await expect(collect(pipeline)).rejects.toMatchObject({ code: 'ERR_ARENA_SOURCE_EXHAUSTED' });
  });

  it('refuses a second iteration while one is open, and takes it afterwards', async () => {
    const pipeline = run(transport, 'count', { count: 5 });
    for await (using item of pipeline) {
      if (item.index === 1) {
        await expect(collect(pipeline)).rejects.toMatchObject({ code: 'ERR_ARENA_PIPELINE_BUSY' });
      }
    }
    expect(await verified(pipeline)).toEqual(upTo(5));
  });

  it.each([
    ['SIGKILL', 'signal SIGKILL', { signal: 'SIGKILL' }],
    ['exit', 'exit code 3', { exitCode: 3 }],
    ['crash', 'exit code 1', { exitCode: 1 }],
  ])(
    'whose process ends by itself (%s) says so after the last item',
    async (how, words, details) => {
      // Nothing waits for an acknowledgement or for space: all of the items are on their way.
      const pipeline = run(transport, 'dies', { how, after: 3 }, { units: 8, bufferSize: 8 });
      const { items, error } = await failureOf(pipeline);
      // A socket may lose what its process had not written yet; an arena loses nothing.
      if (transport.name !== 'no-arena') expect(items.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(error).toMatchObject({
        name: 'ArenaError',
        code: 'ERR_ARENA_PEER_LOST',
        message: expect.stringContaining(words),
        details: expect.objectContaining({ pid: pipeline.pid, ...details }),
      });
      if (how === 'crash') {
        expect(error).toMatchObject({ cause: { message: 'no third item', code: 'ERR_TEST' } });
      }
      await expect(collect(pipeline)).rejects.toMatchObject({ code: 'ERR_ARENA_PEER_LOST' });
    },
  );

  it('that is killed while it waits for space says so after the last item', async () => {
    const pipeline = run(transport, 'endless', {}, { units: 2 });
    const iterator = pipeline[Symbol.asyncIterator]();
    await iterator.next();
    process.kill(pipeline.pid as number, 'SIGKILL');
    const rest = failureOf({ [Symbol.asyncIterator]: () => iterator });
    await expect(rest).resolves.toMatchObject({
      error: { code: 'ERR_ARENA_PEER_LOST', details: { signal: 'SIGKILL' } },
    });
  });

  it('that is killed between two passes fails the next one', async () => {
    const pipeline = run(transport, 'count', { count: 2 });
    await verified(pipeline);
    process.kill(pipeline.pid as number, 'SIGKILL');
    await until(() => !isAlive(pipeline.pid));
    await expect(collect(pipeline)).rejects.toMatchObject({ code: 'ERR_ARENA_PEER_LOST' });
  });

  it('fails a loop with the reason of an abort, and ends its process', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const pipeline = run(transport, 'silent', {}, { signal: controller.signal });
    const failure = failureOf(pipeline);
    await pipeline.ready;
    controller.abort(reason);
    expect((await failure).error).toBe(reason);
    await until(() => !isAlive(pipeline.pid));
    await expect(collect(pipeline)).rejects.toBe(reason);
  });

  it('hears an abort although items come without a pause', async () => {
    const controller = new AbortController();
    const pipeline = run(transport, 'endless', {}, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const drainAll = async () => {
      for await (using _ of pipeline);
    };
    await expect(drainAll()).rejects.toThrow('enough');
  });

  it('fails a loop when it is closed, and every loop after that', async () => {
    const pipeline = run(transport, 'silent');
    const failure = failureOf(pipeline);
    await pipeline.ready;
    await pipeline.close();
    expect((await failure).error).toMatchObject({ code: 'ERR_ARENA_CLOSED' });
    expect(isAlive(pipeline.pid)).toBe(false);
    await expect(collect(pipeline)).rejects.toMatchObject({ code: 'ERR_ARENA_CLOSED' });
    await pipeline.close();
  });

  it('closes its source before its process ends', async () => {
    const file = join(folder, 'notes');
    const pipeline = run(transport, 'endless', { file });
    const iterator = pipeline[Symbol.asyncIterator]();
    await iterator.next();
    await pipeline.close();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'ERR_ARENA_CLOSED' });
    expect(countLines(file, 'closed')).toBe(1);
  });

  it('is killed when it does not end after close', async () => {
    const pipeline = run(transport, 'spinning');
    expect(await take(pipeline, 1)).toEqual([0]);
    await pipeline.close();
    expect(isAlive(pipeline.pid)).toBe(false);
  });

  it('closes before it is ready, and when `await using` leaves its block', async () => {
    const early = run(transport, 'count', { count: 1 });
    await early.close();
    expect(isAlive(early.pid)).toBe(false);
    let pid: number | undefined;
    {
      await using scoped = run(transport, 'count', { count: 3 });
      pid = scoped.pid;
      await take(scoped, 1);
    }
    expect(isAlive(pid)).toBe(false);
  });

  it('ends a `next` that waits when the loop is left from outside', async () => {
    const pipeline = run(transport, 'silent');
    const iterator = pipeline[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = iterator.next();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('answers overlapping calls of next in order', async () => {
    const pipeline = run(transport, 'count', { count: 3 });
    const iterator = pipeline[Symbol.asyncIterator]();
    const results = await Promise.all(upTo(5).map(() => iterator.next()));
    expect(results.map(({ value }) => value?.index)).toEqual([0, 1, 2, undefined, undefined]);
    for (const { value } of results) value?.[Symbol.dispose]();
  });

  it('carries items of many sizes', async () => {
    const values = [0, 1, 63, 100, 16_383, 16_385, 100_000].map((size) =>
      new Uint8Array(size).fill(7),
    );
    const pipeline = run<Uint8Array>(transport, 'echo', { values });
    let index = 0;
    for await (using bytes of pipeline) {
      expect(Buffer.compare(bytes, values[index++] as Uint8Array)).toBe(0);
    }
    expect(index).toBe(values.length);
  });
});

describe.each(transports.filter(({ name }) => name !== 'no-arena'))('over $name', (transport) => {
  it('an item that can never fit fails the pass with both sizes, and the next one runs', async () => {
    const pipeline = run(transport, 'tooLarge', { byteLength: 2 * MiB });
    const { items, error } = await failureOf(pipeline);
    expect(items.map((item) => item.index)).toEqual([0, 1]);
    const { maxUnitBytes } = arenas[0] as Arena;
    expect(error).toMatchObject({
      code: 'ERR_ARENA_UNIT_TOO_LARGE',
      message: expect.stringMatching(new RegExp(`${2 * MiB}.*${maxUnitBytes}`)),
    });
    for (const item of items) item[Symbol.dispose]();
    expect(await verified(pipeline)).toEqual([0, 1]);
  });

  it('the committed units of a left pass are released without another iteration', async () => {
    const pipeline = run(transport, 'endless', {}, { units: 3 });
    await take(pipeline, 1);
    await until(() => (arenas[0] as Arena).stats().inFlight === 0);
    expect((arenas[0] as Arena).stats().leasesOut).toBe(0);
  });

  it('two pipelines do not share one arena at a time', async () => {
    const first = run(transport, 'count', { count: 3 });
    const arena = arenas[0] as Arena;
    const again = () =>
      runInSubprocess<Item>(producer, { args: { kind: 'count', count: 3 }, arena });
    expect(again).toThrow(expect.objectContaining({ code: 'ERR_ARENA_IN_USE' }));
    await first.close();
    const second = again();
    pipelines.push(second);
    expect(await verified(second)).toEqual([0, 1, 2]);
  });

  it('pipelines run through one arena one after the other, also after one that failed to load', async () => {
    const arena = transport.create(unitBytes, 4) as Arena;
    arenas.push(arena);
    for (const module of ['producer.js', 'throws-on-load.js', 'producer.js', 'producer.js']) {
      const url = new URL(`./fixtures/${module}`, import.meta.url);
      const pipeline = runInSubprocess<Item>(url, { args: { kind: 'count', count: 6 }, arena });
      pipelines.push(pipeline);
      if (module === 'producer.js') expect(await verified(pipeline)).toEqual(upTo(6));
      else await expect(pipeline.ready).rejects.toMatchObject({ code: 'ERR_ARENA_MODULE' });
      await pipeline.close();
    }
    const open = runInSubprocess<Item>(producer, { args: { kind: 'endless' }, arena });
    pipelines.push(open);
    await take(open, 3);
    await open.close();
    const last = runInSubprocess<Item>(producer, { args: { kind: 'count', count: 6 }, arena });
    pipelines.push(last);
    expect(await verified(last)).toEqual(upTo(6));
  });

  it('a pipeline runs through an arena whose earlier process was killed', async () => {
    const first = run(transport, 'endless', {}, { units: 2 });
    const iterator = first[Symbol.asyncIterator]();
    const { value } = await iterator.next();
    process.kill(first.pid as number, 'SIGKILL');
    const { items } = await failureOf({ [Symbol.asyncIterator]: () => iterator });
    for (const item of [value, ...items]) item?.[Symbol.dispose]();
    await first.close();
    const arena = arenas[0] as Arena;
    const again = () =>
      runInSubprocess<Item>(producer, { args: { kind: 'count', count: 9 }, arena });
    const second = again();
    pipelines.push(second);
    // A second close of the old pipeline does not affect the new one.
    await first.close();
    expect(again).toThrow(expect.objectContaining({ code: 'ERR_ARENA_IN_USE' }));
    expect(await verified(second)).toEqual(upTo(9));
  });

  it('an arena that is closed fails the loop', async () => {
    const pipeline = run(transport, 'silent');
    const failure = failureOf(pipeline);
    await pipeline.ready;
    arenas[0]?.close();
    expect((await failure).error).toMatchObject({ code: 'ERR_ARENA_CLOSED' });
  });
});
