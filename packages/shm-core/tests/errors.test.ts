import { ArenaError, arenaErrorCodes } from '@arena/shm-core';
import { invalidType } from '@arena/shm-core/internal';
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

  it('have a meaning for every code', () => {
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
