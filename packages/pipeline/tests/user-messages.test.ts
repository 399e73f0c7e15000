import { deserialize, serialize } from 'node:v8';
import { runInSubprocess, type SubprocessPipeline } from '@arena/pipeline';
import type { Arena } from '@arena/shm-core';
import { afterEach, describe, expect, it } from 'vitest';
import { collect, failureOf, isAlive, until } from './support.js';
import { transports } from './transports.js';

interface Item {
  readonly index: number;
}

const producer = new URL('./fixtures/producer.js', import.meta.url);

function cyclicError(): Error {
  const error = new Error('round');
  error.cause = { error };
  return error;
}

/** Structured clone writes such an error everywhere, and reads it from Node 22 on. */
const readsCyclicErrors = (() => {
  const bytes = serialize(cyclicError());
  try {
    deserialize(bytes);
    return true;
  } catch {
    return false;
  }
})();

describe.each(transports)('over $name, the code in a pipeline', (transport) => {
  let arena: Arena | undefined;
  let pipeline: SubprocessPipeline<unknown>;

  afterEach(async () => {
    await pipeline.close();
    arena?.close();
  });

  function run<T>(kind: string, args: object = {}): SubprocessPipeline<T> {
    arena = transport.create(4096, 4);
    const started = runInSubprocess<T>(producer, { args: { kind, ...args }, arena });
    pipeline = started;
    return started;
  }

  it('may send messages of any kind, and the pipeline does not read them as its own', async () => {
    const messages = [
      null,
      'text',
      7,
      { type: 'crash' },
      { type: 'stopped' },
      { type: 'end', epoch: 0 },
      { arenaItem: 'guessed', epoch: 0, item: 'false' },
      new Map([[1, 2]]),
    ];
    const started = run<Item>('talks', { messages });
    const received: unknown[] = [];
    started.on('message', (message) => received.push(message));
    const indices = (await collect(started)).map(({ index }) => index);
    expect(indices).toEqual([...messages.keys()]);
    await started.close();
    expect(received).toEqual(messages);
  });

  it('may send messages that nobody listens to', async () => {
    const started = run<Item>('talks', { messages: [null, { type: 'stopped' }] });
    expect(await collect(started)).toHaveLength(2);
    expect(await collect(started)).toHaveLength(2);
  });

  it('gets the messages that are sent to it, and none of the pipeline', async () => {
    const started = run<unknown>('listens');
    const messages = [{ type: 'close' }, { type: 'stop', epoch: 0 }, [1, new Set([2])]];
    for (const message of messages) await started.send(message);
    await started.send('enough');
    expect(await collect(started)).toEqual(messages);
    const again = collect(started);
    await started.send('once more');
    await started.send('enough');
    expect(await again).toEqual(['once more']);
  });

  it('cannot end the process that receives its messages', async () => {
    const started = run('sendsUnreadable');
    const received: unknown[] = [];
    started.on('message', (message) => received.push(message));
    const [outcome] = await collect(started);
    await started.close();
    expect([outcome, received.length]).toEqual(
      readsCyclicErrors ? ['sent', 1] : ['ERR_ARENA_UNSENDABLE', 0],
    );
  });

  it('gets no message that structured clone refuses, or that would end its process', async () => {
    const started = run('listens');
    const unsendable: unknown[] = [{ callback: () => {} }, undefined, () => {}];
    if (!readsCyclicErrors) unsendable.push(cyclicError());
    for (const message of unsendable) {
      await expect(started.send(message)).rejects.toMatchObject({ code: 'ERR_ARENA_UNSENDABLE' });
    }
    await started.send('enough');
    expect(await collect(started)).toEqual([]);
    await started.close();
    await expect(started.send('late')).rejects.toMatchObject({ code: 'ERR_ARENA_CLOSED' });
  });

  it("may close Node's channel: only items without an arena need it", async () => {
    const started = run<Item>('disconnects');
    if (transport.name !== 'no-arena') {
      expect(await collect(started)).toHaveLength(2);
      return;
    }
    const { items, error } = await failureOf(started);
    expect(items).toHaveLength(1);
    expect(error).toMatchObject({
      code: 'ERR_ARENA_CLOSED',
      message: expect.stringContaining('process.disconnect()'),
    });
    expect(isAlive(started.pid)).toBe(true);
  });

  it('is listened to once, or until the listener is taken off', async () => {
    const started = run<Item>('talks', { messages: ['a', 'b', 'c'] });
    const once: unknown[] = [];
    const off: unknown[] = [];
    const listener = (message: unknown) => {
      off.push(message);
      started.off('message', listener);
    };
    started.once('message', (message) => once.push(message)).on('message', listener);
    await collect(started);
    await until(() => once.length > 0 && off.length > 0);
    await started.close();
    expect([once, off]).toEqual([['a'], ['a']]);
  });
});
