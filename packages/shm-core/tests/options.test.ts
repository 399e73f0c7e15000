import { checkBoolean, integer, nearestName, Options, required } from '@arena/shm-core/internal';
import { describe, expect, it } from 'vitest';

interface Retries {
  readonly times: number;
  readonly pauseMs?: number;
}

const retries = new Options<Retries>({ times: required(integer(1)), pauseMs: integer(0) });

const options = new Options<{ timeoutMs?: number; copy?: boolean; retries?: Retries }>({
  timeoutMs: integer(0),
  copy: checkBoolean,
  retries: (name, value) => retries.check(value as Retries, name),
});

/** Passes options as a program without types may. */
const check = (value: unknown) => options.check(value as object);

describe('options', () => {
  it('are returned as they are', () => {
    const given = { timeoutMs: 5, copy: false };
    expect(check(given)).toBe(given);
  });

  it('may be left out, as a whole or one by one', () => {
    expect(check(undefined)).toEqual({});
    expect(check({})).toEqual({});
    expect(check({ timeoutMs: undefined })).toEqual({});
    expect(check(Object.create(null))).toEqual({});
  });

  it('may be inherited', () => {
    const inherited = Object.create({ timeoutMs: 5 });
    expect(check(inherited).timeoutMs).toBe(5);
    expect(() => check(Object.create({ timeout: 5 }))).toThrow("unknown option 'timeout'.");
  });

  it('are refused under an unknown name, with the nearest known name', () => {
    expect(() => check({ timeout: 50 })).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'ERR_ARENA_INVALID_ARGUMENT',
        message: "unknown option 'timeout'. Did you mean 'timeoutMs'?",
      }),
    );
  });

  it('are refused under a name that resembles none, with all known names', () => {
    expect(() => check({ colour: 'red' })).toThrow(
      "unknown option 'colour'. Known here: 'timeoutMs', 'copy', 'retries'.",
    );
  });

  it('are no names of the prototype of objects', () => {
    expect(() => check({ constructor: 1 })).toThrow("unknown option 'constructor'.");
    expect(() => check(JSON.parse('{"__proto__": 1}'))).toThrow("unknown option '__proto__'.");
  });

  it('are refused with a value of the wrong type', () => {
    expect(() => check({ copy: 'no' })).toThrow("copy must be true or false, got 'no'.");
    expect(() => check({ copy: null })).toThrow('copy must be true or false, got null.');
  });

  it.each([
    [null, 'null'],
    [50, '50'],
    ['fast', "'fast'"],
    [[], 'an array'],
    [[1], 'an array'],
    [() => {}, 'a function'],
    [new Uint8Array(0), 'an instance of Uint8Array'],
    [new Uint8Array(1), 'an instance of Uint8Array'],
    [Promise.resolve(), 'an instance of Promise'],
    [AbortSignal.abort(), 'an instance of AbortSignal'],
  ])('are an object and not %o', (value, text) => {
    expect(() => check(value)).toThrow(`options must be an object, got ${text}.`);
  });

  it('that are required and absent are named', () => {
    expect(() => retries.check({} as Retries)).toThrow('times must be a number, got undefined.');
    expect(() => retries.check(undefined)).toThrow('options must be an object, got undefined.');
  });

  it('within options are named with their path', () => {
    expect(() => check({ retries: {} })).toThrow('retries.times must be a number, got undefined.');
    expect(() => check({ retries: 3 })).toThrow('retries must be an object, got 3.');
    expect(() => check({ retries: { time: 3 } })).toThrow(
      "unknown option 'retries.time'. Did you mean 'retries.times'?",
    );
  });
});

describe('the nearest name', () => {
  const names = ['segmentSize', 'segmentCount', 'queueBytes', 'copyThreshold', 'name'];

  it.each([
    ['segmentsize', 'segmentSize'],
    ['segment_count', 'segmentCount'],
    ['segmentCounts', 'segmentCount'],
    ['queueByte', 'queueBytes'],
    ['threshold', 'copyThreshold'],
    ['nmae', 'name'],
    ['nam', 'name'],
    ['x', undefined],
    ['', undefined],
  ])('to %o is %o', (wrong, nearest) => {
    expect(nearestName(wrong, names)).toBe(nearest);
  });
});
