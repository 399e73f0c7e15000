import { ArenaError, arenaErrorCodes, checkInteger, checkName, invalidType } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';

describe('errors', () => {
  it('carry their code and details beside the message', () => {
    const error = new ArenaError('ERR_ARENA_FULL', 'full', { freeBytes: 3 });
    expect(error).toMatchObject({
      name: 'ArenaError',
      code: 'ERR_ARENA_FULL',
      details: { freeBytes: 3 },
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('say of every code what it means', () => {
    for (const [code, meaning] of Object.entries(arenaErrorCodes)) {
      expect(code).toMatch(/^ERR_ARENA_[A-Z_]+$/);
      expect(meaning.length).toBeGreaterThan(10);
    }
  });

  it('mark misuse as such', () => {
    expect(invalidType('no')).toMatchObject({
      name: 'TypeError',
      code: 'ERR_ARENA_INVALID_ARGUMENT',
    });
  });
});

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

  it('returns what it accepts', () => {
    expect(checkInteger('size', 7, 0)).toBe(7);
  });
});

describe('checkName', () => {
  it.each(['', '.', '..', '../etc', 'a/b', 'a b', '.hidden', 'x'.repeat(201)])(
    'refuses %o',
    (name) => {
      expect(() => checkName(name)).toThrow(
        expect.objectContaining({ code: 'ERR_ARENA_INVALID_ARGUMENT' }),
      );
    },
  );

  it('accepts letters, digits, dots, dashes and underscores', () => {
    expect(checkName('camera-1_left.raw')).toBe('camera-1_left.raw');
  });
});
