/** The addon in many environments of Node, which come and go. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

const module = import.meta.resolve('@arena/shm-core');

/** A thread that loads the package and runs `text`. */
function start(text: string): Worker {
  const source = `import * as core from '${module}'; ${text}`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    execArgv: [],
  });
}

async function exitOf(worker: Worker): Promise<number> {
  const [code] = await once(worker, 'exit');
  return code;
}

it('is loaded and let go by one thread after another', async () => {
  for (let round = 0; round < 10; round++) {
    expect(await exitOf(start('core.listNamedArenas();'))).toBe(0);
  }
});

it('is loaded by several threads at once', async () => {
  const threads = Array.from({ length: 4 }, () => start('core.availableMemory();'));
  expect(await Promise.all(threads.map(exitOf))).toEqual([0, 0, 0, 0]);
});

it('makes errors of the environment that it throws in', async () => {
  const thread = start(`
    import { parentPort } from 'node:worker_threads';
    import { Attachment } from '${import.meta.resolve('@arena/shm-core/internal')}';
    try {
      Attachment.attach('nonsense', 1, true);
    } catch (error) {
      parentPort.postMessage([error instanceof core.ArenaError, error.code]);
    }
    parentPort.on('message', () => {});`);
  const [message] = await once(thread, 'message');
  expect(message).toEqual([true, 'ERR_ARENA_HANDLE']);
  await thread.terminate();
});

it('survives threads that exit, fail or are terminated as soon as they have loaded it', async () => {
  expect(await exitOf(start('process.exit(3);'))).toBe(3);
  const failing = start('throw new Error("on purpose");');
  const failed = once(failing, 'error');
  expect((await failed)[0].message).toBe('on purpose');
  const idle = start(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => {});
    parentPort.postMessage('loaded');`);
  await once(idle, 'message');
  await idle.terminate();
});
