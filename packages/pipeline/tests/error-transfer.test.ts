import { fork } from 'node:child_process';
import { packItem, registerCodec, unpackItem } from '@arena/payloads';
import { ArenaError } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';
import { decodeError, encodeError, type SentError } from '../dist/protocol/error-transfer.js';

/** As between two processes. */
const transfer = (thrown: unknown) =>
  decodeError(unpackItem<SentError>(packItem(encodeError(thrown), { always: true })));

describe('an error between processes', () => {
  it('keeps the classes that programs test with instanceof', () => {
    const errors = [
      new ArenaError('ERR_ARENA_FULL', 'shared-memory arena full', { needed: 8n }),
      new ArenaError('ERR_ARENA_MODULE', 'no module'),
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

  it('keeps a cause that leads back to it', () => {
    const error = new Error('request failed');
    error.cause = { error, status: 503 };
    const arrived = transfer(error) as Error & { cause: { error: Error; status: number } };
    expect(arrived.cause.status).toBe(503);
    expect(arrived.cause.error.message).toBe('request failed');
    expect((arrived.cause.error.cause as typeof arrived.cause).error).toBe(arrived.cause.error);
  });

  it('keeps a field that leads back to it', () => {
    const error = Object.assign(new Error('request failed'), { response: {} });
    Object.assign(error.response, { error, status: 503 });
    expect(transfer(error)).toMatchObject({
      response: { status: 503, error: { message: 'request failed' } },
    });
  });

  it('of a class with a codec that this process lacks arrives without that field', () => {
    const codec = {
      name: 'test.left',
      matches: () => false,
      encode: () => ({}),
      decode: () => ({}),
    };
    class Left {}
    registerCodec({ ...codec, matches: (value) => value instanceof Left });
    const sent = encodeError(Object.assign(new Error('e'), { left: new Left(), right: 1 }));
    registerCodec({
      ...codec,
      decode: () => {
        throw new Error('not here');
      },
    });
    const arrived = decodeError(sent) as Error;
    expect(arrived).toMatchObject({ message: 'e', right: 1 });
    expect(arrived).toHaveProperty('left', undefined);
  });

  it('whose getters throw arrives with the rest', () => {
    const error = new Error('kept');
    Object.defineProperty(error, 'broken', {
      enumerable: true,
      get() {
        throw new Error('from the getter');
      },
    });
    Object.defineProperty(error, 'name', { value: Symbol('name') });
    expect(transfer(error)).toMatchObject({ message: 'kept', name: 'Symbol(name)' });
  });

  it('that is not an Error arrives as the same value, or as its text', () => {
    expect(transfer('text')).toBe('text');
    expect(transfer(undefined)).toBe(undefined);
    expect(transfer({ a: [1] })).toEqual({ a: [1] });
    expect(transfer(() => 1)).toBe('() => 1');
    expect(transfer(Symbol('s'))).toBe('Symbol(s)');
  });
});
