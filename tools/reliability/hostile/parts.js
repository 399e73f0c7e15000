/** The places of the parts of a region; see packages/shm-core/LAYOUT.md. */
import { readSync } from 'node:fs';

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {number} start Bytes from the region's beginning.
 * @property {number} size
 * @property {number} stride Bytes of one element.
 */

const page = 4096;
const alignUp = (/** @type {number} */ value, /** @type {number} */ to) =>
  Math.ceil(value / to) * to;

/**
 * @param {number} fd Descriptor of a region whose header is intact.
 * @returns {Part[]}
 */
export function partsOf(fd) {
  const header = Buffer.alloc(256);
  readSync(fd, header, 0, header.length, 0);
  const word = (/** @type {number} */ at) => header.readUInt32LE(at);
  const long = (/** @type {number} */ at) => Number(header.readBigUInt64LE(at));
  // RegionConfig begins at 72.
  const capacity = long(80);
  const [cells, peers, segments] = [word(92), word(96), word(100)];
  const [segmentSize, envelopeBytes, broadcast] = [long(104), word(112), word(116)];
  const stride = alignUp(alignUp(segmentSize, 64) + envelopeBytes, segmentSize >= page ? page : 64);
  /** @type {[string, number, number][]} Name, number and size of elements. */
  const sizes = [
    ['header', 1, page],
    ['control', 1, page],
    ['peers', peers, 192],
    ['cells', cells, 64],
    ['segment slots', segments, 64],
    ['lease lanes', broadcast ? segments * peers : 0, 4],
  ];
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  const add = (
    /** @type {string} */ name,
    /** @type {number} */ count,
    /** @type {number} */ size,
  ) => {
    if (count > 0) parts.push({ name, start: end, size: count * size, stride: size });
    end += count * size;
  };
  for (const [name, count, size] of sizes) add(name, count, size);
  end = alignUp(end, 16);
  add('losses', 2 * peers + 64, 16);
  end = alignUp(end, page);
  add('records', 1, capacity);
  add('segments', segments, stride);
  return parts;
}

/** @param {string} handle @returns {string} The path of the region. */
export function pathBehind(handle) {
  const [, , kind, first, second] = handle.split(':');
  return kind === 'name' ? `/dev/shm/arena-${first}` : `/proc/${first}/fd/${second}`;
}
