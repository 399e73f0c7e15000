/**
 * A process of the same user that rewrites an arena while other processes use it. It may change every byte.
 * Mostly it changes words that decide something, to values that an arena might have written.
 *
 * It begins with an arena when it receives the handle, and stops when its parent has ended.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Random } from '../random.js';
import { partsOf, pathBehind } from './parts.js';

/** @typedef {import('./parts.js').Part} Part */

const { seed, pauseMs } = JSON.parse(process.argv[2] ?? '');
const random = new Random(seed);
const word = Buffer.alloc(8);
const bytes = Buffer.alloc(64);
/** The weight of each part in the choice. @type {Record<string, number>} */
const weights = { header: 1, control: 6, peers: 4, cells: 10, records: 4, segments: 2 };
/** Control::poisoned ends an arena at once. It is changed seldom, so that other words are changed, too. */
const poisonedAt = 4096 + 280;
let current = 0;

process.on('message', (/** @type {string} */ handle) => void attack(handle, ++current));
process.on('disconnect', () => process.exit());

/** @param {string} handle @param {number} attempt */
async function attack(handle, attempt) {
  let fd;
  try {
    fd = openSync(pathBehind(handle), 'r+');
    const parts = partsOf(fd).flatMap((part) => Array(weights[part.name] ?? 2).fill(part));
    for (let count = 0; attempt === current; count++) {
      mutate(fd, random.pick(parts));
      if (count % 64 === 0) await turn();
      if (pauseMs > 0) await sleep(random.below(pauseMs));
    }
  } catch {
    // The owner has closed the arena. The next handle is on its way.
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** @param {number} fd @param {Part} part */
function mutate(fd, { start, size, stride }) {
  // The first elements are in use.
  const elements = size / stride;
  const element = random.below(random.chance(0.8) ? Math.min(elements, 8) : elements);
  const within = random.below(random.chance(0.7) ? Math.min(stride, 512) : stride);
  const at = start + element * stride + (within & ~7);
  if (at === poisonedAt && !random.chance(0.02)) return;
  if (random.chance(0.1)) {
    const length = random.between(1, bytes.length);
    for (let i = 0; i < length; i++) bytes[i] = random.below(256);
    writeSync(fd, bytes, 0, Math.min(length, start + size - at), at);
    return;
  }
  readSync(fd, word, 0, 8, at);
  word.writeBigUInt64LE(BigInt.asUintN(64, changed(fd, word.readBigUInt64LE(), start, size)));
  writeSync(fd, word, 0, 8, at);
}

/**
 * @param {number} fd
 * @param {bigint} value
 * @param {number} start
 * @param {number} size
 */
function changed(fd, value, start, size) {
  const ways = [
    () => 0n,
    () => (1n << 64n) - 1n,
    () => 1n << BigInt(random.below(64)),
    () => value ^ (1n << BigInt(random.below(64))),
    // The low bits of most words are their phase.
    () => value ^ BigInt(random.between(1, 7)),
    () => value + BigInt(random.between(-3, 3)),
    () => value + (BigInt(random.between(-1, 1)) << 32n),
    () => BigInt(random.seed()) << BigInt(random.below(33)),
    () => {
      readSync(fd, word, 0, 8, start + (random.below(size - 7) & ~7));
      return word.readBigUInt64LE();
    },
  ];
  return random.pick(ways)();
}
