import { copyBytes } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';

const patterned = (byteLength: number) =>
  Uint8Array.from({ length: byteLength }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

describe('copyBytes', () => {
  it.each([0, 1, 4096, 256 * 1024, 5 * 1024 * 1024 + 13])('copies %i bytes and no more', (n) => {
    const source = patterned(n);
    const target = new Uint8Array(n + 200).fill(0xee);
    copyBytes(target.subarray(3), source);
    expect(Buffer.compare(target.subarray(3, 3 + n), source)).toBe(0);
    expect(target.subarray(0, 3).every((byte) => byte === 0xee)).toBe(true);
    expect(target.subarray(3 + n).every((byte) => byte === 0xee)).toBe(true);
  });

  it('refuses a target that is too small', () => {
    expect(() => copyBytes(new Uint8Array(3), new Uint8Array(4))).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_INVALID_ARGUMENT' }),
    );
  });
});
