import { fork } from 'node:child_process';
import { deserialize, serialize } from 'node:v8';
import { ArenaError } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';
import { decodeError, encodeError } from '../dist/error-transfer.js';
import { PipelineError } from '../dist/errors.js';

/** As between two processes. */
const transfer = (thrown: unknown) => decodeError(deserialize(serialize(encodeError(thrown))));

describe('an error between processes', () => {
  it('keeps the classes that programs ask for', () => {
    const errors = [
      new ArenaError('ERR_ARENA_FULL', 'shared-memory arena full', { needed: 8n }),
      new PipelineError('ERR_ARENA_MODULE', 'no module'),
      new TypeError('type'),
      new AggregateError([new RangeError('inner')], 'several'),
    ];
    for (const error of errors) {
      const arrived = transfer(error);
      expect(arrived).toBeInstanceOf(error.constructor);
      expect(arrived).toEqual(error);
      expect((arrived as Error).stack).toBe(error.stack);
    }
  });

  it('keeps the code and details of an arena error', () => {
    const error = new ArenaError('ERR_ARENA_FULL', 'full', { needed: 8, free: 1 });
    expect(transfer(error)).toMatchObject({
      code: 'ERR_ARENA_FULL',
      details: { needed: 8, free: 1 },
    });
  });

  it('of a class that only one side has keeps its name', () => {
    class LocalError extends Error {
      override name = 'LocalError';
    }
    const arrived = transfer(new LocalError('here')) as Error;
    expect(`${arrived}`).toBe('LocalError: here');
  });

  it('of an abort keeps its name and code', () => {
    expect(transfer(AbortSignal.abort().reason)).toMatchObject({ name: 'AbortError', code: 20 });
  });

  it('keeps the fields of a failed system call', async () => {
    const error = await new Promise((resolve) =>
      fork('/', { cwd: '/absent' }).on('error', resolve),
    );
    expect(transfer(error)).toMatchObject({
      code: 'ENOENT',
      syscall: expect.stringContaining('spawn'),
    });
  });

  it('loses only the fields that no process can be given', () => {
    const error = Object.assign(new Error('mixed'), { retry: () => {}, attempt: 2 });
    const arrived = transfer(error) as typeof error;
    expect(arrived.attempt).toBe(2);
    expect('retry' in arrived).toBe(false);
  });

  it('survives a cause that is itself', () => {
    const error = new Error('round');
    error.cause = error;
    const arrived = transfer(error) as Error;
    expect((arrived.cause as Error).message).toBe('round');
  });

  it('that is no error arrives as what it is, or as its text', () => {
    expect(transfer('text')).toBe('text');
    expect(transfer(undefined)).toBe(undefined);
    expect(transfer({ a: [1] })).toEqual({ a: [1] });
    expect(transfer(() => 1)).toBe('() => 1');
    expect(transfer(Symbol('s'))).toBe('Symbol(s)');
  });
});
