import { native } from './native.js';

/**
 * CRC-32C (Castagnoli) of `bytes`, by the processor's own instruction where it has one.
 *
 * @param seed The checksum so far, to go on with it.
 */
export const crc32c = (bytes: Uint8Array, seed = 0): number => native.crc32c(bytes, seed);
