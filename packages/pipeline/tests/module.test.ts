import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInSubprocess } from '@arena/pipeline';
import { describe, expect, it } from 'vitest';
import { collect, isAlive, until } from './support.js';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);

describe('the module', () => {
  it('may be named by a URL, its text, or a path relative to the working directory', async () => {
    const url = fixture('generator.js');
    const path = relative(process.cwd(), fileURLToPath(url));
    for (const name of [url, url.href, path]) {
      await using pipeline = runInSubprocess<number>(name, { args: { count: 2 } });
      expect(await collect(pipeline)).toEqual([0, 1]);
    }
  });

  it('whose default export is a generator function serves several passes', async () => {
    await using pipeline = runInSubprocess<number>(fixture('generator.js'), { args: { count: 3 } });
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
  });

  it.each([
    ['absent.js', 'ERR_ARENA_MODULE', 'cannot be loaded'],
    ['throws-on-load.js', 'ERR_ARENA_MODULE', 'cannot be loaded: broken at the top'],
    ['no-default.js', 'ERR_ARENA_MODULE', 'has no default export'],
    ['object-default.js', 'ERR_ARENA_MODULE', 'a default export that is an object'],
    ['returns-number.js', 'ERR_ARENA_MODULE', 'returned 7'],
    ['throws-on-build.js', 'ERR_DATA', 'no data set'],
  ])('%s fails `ready` and every pass by code', async (name, code, words) => {
    const pipeline = runInSubprocess(fixture(name));
    const failure = { code, message: expect.stringContaining(words) };
    await expect(pipeline.ready).rejects.toMatchObject(failure);
    await expect(collect(pipeline)).rejects.toMatchObject(failure);
    await until(() => !isAlive(pipeline.pid));
    await pipeline.close();
  });

  it('keeps the error of its import as the cause', async () => {
    const pipeline = runInSubprocess(fixture('throws-on-load.js'));
    const error = await pipeline.ready.catch((thrown) => thrown);
    expect(error.cause).toBeInstanceOf(SyntaxError);
    await pipeline.close();
  });

  it('gets args as an item arrives, with values of codecs and errors', async () => {
    const { Temperature } = await import('./fixtures/temperature.js');
    const error = new TypeError('round');
    error.cause = { error };
    const args = { at: new Temperature(Float64Array.of(21)), error };
    await using pipeline = runInSubprocess(fixture('describes-args.js'), { args });
    expect(await collect(pipeline)).toEqual(['true 21', 'TypeError round true']);
  });

  it('whose source never answers again is killed when it is closed', async () => {
    const pipeline = runInSubprocess(fixture('producer.js'), { args: { kind: 'deaf' } });
    await pipeline[Symbol.asyncIterator]().next();
    await pipeline.close();
    expect(isAlive(pipeline.pid)).toBe(false);
  });

  it('runs with the given environment and options of Node', async () => {
    await using pipeline = runInSubprocess(fixture('producer.js'), {
      args: { kind: 'environment' },
      env: { ...process.env, ARENA_TEST: 'set' },
      execArgv: ['--no-warnings'],
    });
    expect(await collect(pipeline)).toMatchObject([{ argv: ['--no-warnings'], value: 'set' }]);
  });
});

describe('runInSubprocess refuses', () => {
  const misuse = { code: 'ERR_ARENA_INVALID_ARGUMENT' };
  const url = fixture('generator.js');

  it.each([
    ['a module that is no URL', () => runInSubprocess(7 as unknown as string)],
    ['a bufferSize of 0', () => runInSubprocess(url, { bufferSize: 0 })],
    ['a fractional bufferSize', () => runInSubprocess(url, { bufferSize: 0.5 })],
    ['a negative copyThreshold', () => runInSubprocess(url, { copyThreshold: -1 })],
    ['an arena that is none', () => runInSubprocess(url, { arena: {} as never })],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining(misuse));
  });

  it.each<[string, object, string]>([
    ['bufferSiz', { bufferSiz: 2 }, "unknown option 'bufferSiz'. Did you mean 'bufferSize'?"],
    ['timeout', { timeout: 50 }, "unknown option 'timeout'. Known here: 'args', 'arena'"],
    ['a bufferSize of text', { bufferSize: '2' }, "bufferSize must be a number, got '2'."],
    ['execArgv of numbers', { execArgv: [1] }, 'execArgv[0] must be a string, got 1.'],
    ['a signal that is none', { signal: {} }, 'signal must be an AbortSignal, got an object.'],
    ['an env of text', { env: 'A=1' }, "env must be an object of texts, got 'A=1'."],
  ])('%s', (_, options, message) => {
    expect(() => runInSubprocess(url, options)).toThrow(
      expect.objectContaining({ ...misuse, message: expect.stringContaining(message) }),
    );
  });

  it('args that cannot be sent, and names the path', () => {
    expect(() => runInSubprocess(url, { args: { list: [() => {}] } })).toThrow(
      expect.objectContaining({
        code: 'ERR_ARENA_UNSENDABLE',
        message: expect.stringMatching(/^args\.list\[0\] is a function/),
        details: { path: 'args.list[0]' },
      }),
    );
  });

  it('to start for a signal that has aborted', () => {
    const reason = new Error('too late');
    expect(() => runInSubprocess(url, { signal: AbortSignal.abort(reason) })).toThrow(reason);
  });
});
