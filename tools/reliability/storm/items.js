/** Items of every kind, each of which carries the checksum of its binaries. */

import { crc32 } from 'node:zlib';
import { isTensor } from '@arena/payloads';
import { Noise } from './units.js';

/**
 * @typedef {object} Item
 * @property {number} index
 * @property {number} checksum
 * @property {unknown} value
 */

/**
 * Items without end.
 *
 * @param {import('../random.js').Random} random
 * @param {number} maxBytes Largest size of an item's binaries.
 * @returns {Generator<Item>}
 */
export function* endlessItems(random, maxBytes) {
  const noise = new Noise(random, maxBytes + 4096);
  const bytes = () => noise.cut(8 * random.below(random.pick([1, 8, 200, maxBytes / 16]))).slice();
  const makers = [
    () => bytes(),
    () => new Float32Array(bytes().buffer),
    () => new BigInt64Array(bytes().buffer),
    () => new DataView(bytes().buffer),
    () => Buffer.from(bytes()),
    () => tensorOf(bytes()),
    () =>
      new Map([
        ['first', bytes()],
        ['second', bytes()],
      ]),
    () => ({ nested: [{ data: bytes() }, new Date(0), 'text', 12n], also: bytes() }),
    () => 'no binary at all',
  ];
  for (let index = 0; ; index++) {
    const value = random.pick(makers)();
    yield { index, checksum: checksumOf(value), value };
  }
}

/** @param {Uint8Array} bytes */
const tensorOf = (bytes) => ({
  dtype: 'float32',
  shape: [bytes.byteLength / 8, 2],
  offset: 0,
  data: new Float32Array(bytes.buffer),
});

/**
 * @param {unknown} value
 * @param {number} [seed]
 * @returns {number} Checksum over all binaries in the value, in order.
 */
export function checksumOf(value, seed = 0) {
  if (ArrayBuffer.isView(value)) {
    // zlib's crc32 of no bytes is 0, whatever the seed.
    if (value.byteLength === 0) return seed;
    return crc32(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), seed);
  }
  if (isTensor(value)) return checksumOf(value.data, seed);
  if (value instanceof Map) return checksumOf([...value.values()], seed);
  if (typeof value !== 'object' || value === null || value instanceof Date) return seed;
  return Object.values(value).reduce((sum, part) => checksumOf(part, sum), seed);
}

/**
 * @param {Item} item
 * @param {number} index
 * @throws {Error} It is another item, or it differs from the item that was sent.
 */
export function verifyItem(item, index) {
  if (item.index !== index) throw new Error(`item ${item.index} came, ${index} was next`);
  const checksum = checksumOf(item.value);
  if (checksum === item.checksum) return;
  throw new Error(`item ${index}: its checksum is ${checksum}, sent was ${item.checksum}`);
}
