import {
  checkInteger,
  checkMilliseconds,
  checkName,
  checkOneOf,
  describe as describeValue,
} from '@arena/shm-core/internal';
import { describe, expect, it } from 'vitest';

describe('checkInteger', () => {
  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])(
    'refuses %d by its range',
    (value) => {
      expect(() => checkInteger('size', value, 0)).toThrow(RangeError);
    },
  );

  it.each(['1', null, 1n, undefined, {}])('refuses %o by its type', (value) => {
    expect(() => checkInteger('size', value, 0)).toThrow(TypeError);
  });

  it('returns accepted values', () => {
    expect(checkInteger('size', 7, 0)).toBe(7);
  });
});

describe('checkName', () => {
  it.each(['', '.', '..', '../etc', 'a/b', 'a b', '.hidden', 'x'.repeat(201)])(
    'refuses %o',
    (name) => {
      expect(() => checkName('name', name)).toThrow(
        expect.objectContaining({ code: 'ERR_ARENA_INVALID_ARGUMENT' }),
      );
    },
  );

  it('accepts letters, digits, dots, dashes and underscores', () => {
    expect(checkName('name', 'camera-1_left.raw')).toBe('camera-1_left.raw');
  });
});

describe('checkMilliseconds', () => {
  it('accepts fractions and no end', () => {
    expect(checkMilliseconds('timeoutMs', 0.5)).toBe(0.5);
    expect(checkMilliseconds('timeoutMs', Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([-1, Number.NaN])('refuses %d', (value) => {
    expect(() => checkMilliseconds('timeoutMs', value)).toThrow(RangeError);
  });
});

describe('checkOneOf', () => {
  it('names the allowed values and the given one', () => {
    expect(() => checkOneOf('from', 'latest', ['newest', 'oldest'])).toThrow(
      "from must be one of 'newest', 'oldest', got 'latest'.",
    );
  });
});

describe('a value in an error', () => {
  it.each([
    ['text', "'text'"],
    ['x'.repeat(50), `'${'x'.repeat(40)}...'`],
    [1, '1'],
    [2n, '2n'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1], 'an array'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [new Map(), 'an instance of Map'],
    [() => 1, 'a function'],
    [Symbol('s'), 'a symbol'],
  ])('%o reads %s', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});
