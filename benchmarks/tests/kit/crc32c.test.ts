import { describe, expect, it } from 'vitest';
import { crc32c } from '../../dist/kit/native.js';

/** The checksum bit by bit, as its definition has it. */
function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

const patterned = (byteLength: number) =>
  Uint8Array.from({ length: byteLength }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

describe('crc32c', () => {
  it('gives the check value of the polynomial', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  it.each([0, 1, 7, 8, 9, 4095, 12288, 12289, 100_003])(
    'agrees with its definition over %i bytes',
    (n) => {
      const bytes = patterned(n);
      expect(crc32c(bytes)).toBe(slowCrc32c(bytes));
    },
  );

  it('goes on with the checksum so far', () => {
    const bytes = patterned(50_000);
    expect(crc32c(bytes.subarray(20_001), crc32c(bytes.subarray(0, 20_001)))).toBe(crc32c(bytes));
  });
});
