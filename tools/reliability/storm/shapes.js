/** The arenas of the storms. */

import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';

/**
 * @typedef {object} Shape
 * @property {'pool' | 'fan-out' | 'ring' | 'throwing ring' | 'overwriting ring'} name
 * @property {boolean} broadcast True when every reader sees every unit.
 * @property {boolean} lossy True when a slow reader misses units.
 * @property {number} maxUnitBytes The largest unit that is written.
 * @property {number} maxTailBytes The most bytes of an envelope behind the unit's header.
 * @property {boolean} hardened True when each process maps each of its leases apart.
 * @property {number} leasesEach Leases that a reader may keep while it reads on.
 */

/** @typedef {SegmentPool | RingBuffer} AnyArena */

export const shapeNames = /** @type {const} */ ([
  ...['pool', 'fan-out', 'ring'],
  ...['throwing ring', 'overwriting ring'],
]);

/** Bytes for the envelopes of units, and for their alignment. */
const largestEnvelope = 128;

/** Mostly units may stay open for ever. Others are filled in private memory, and some are ended by others. */
const unitTimeouts = [undefined, undefined, undefined, 20, 30_000];

/** Members come and leave in every round, so these streams never end. */
const writers = Number.POSITIVE_INFINITY;

/** Places for the largest crew, for its replacements, and for the dead. */
export const maxPeers = 32;

const whenFull = /** @type {const} */ ({
  ring: 'wait',
  'throwing ring': 'throw',
  'overwriting ring': 'overwrite',
});

/**
 * @param {Shape['name']} name
 * @param {import('../random.js').Random} random
 * @param {string} [arenaName] Makes it a named arena.
 * @returns {{ arena: AnyArena, shape: Shape }}
 */
export function createArena(name, random, arenaName) {
  return name === 'pool' || name === 'fan-out'
    ? createPool(name, random, arenaName)
    : createRing(name, random, arenaName);
}

/** @param {'pool' | 'fan-out'} name @param {import('../random.js').Random} random @param {string} [arenaName] */
function createPool(name, random, arenaName) {
  const segmentSize = random.pick([256, 4096, 20_000, 262_144]);
  const segmentCount = random.between(3, 12);
  const arena = SegmentPool.create({
    ...{ segmentSize, segmentCount, name: arenaName },
    queueBytes: random.pick([4096, 65_536]),
    maxPeers,
    writers,
    unitTimeoutMs: random.pick(unitTimeouts),
    fanOut: name === 'fan-out',
  });
  const leasesEach = segmentCount >= 8 ? 2 : 1;
  const broadcast = name === 'fan-out';
  const limits = { maxUnitBytes: segmentSize, maxTailBytes: 512, leasesEach };
  const hardened = random.chance(0.3);
  return { arena, shape: { name, broadcast, lossy: false, hardened, ...limits } };
}

/** @param {keyof typeof whenFull} name @param {import('../random.js').Random} random @param {string} [arenaName] */
function createRing(name, random, arenaName) {
  const bytes = random.pick([8192, 65_536, 1_048_576]);
  const slots = random.pick([8, 16, 64].filter((count) => bytes / count >= 512));
  // A ring of bytes, or a ring of slots.
  const room = random.chance(0.5) ? { capacity: bytes } : { slots, slotBytes: bytes / slots };
  const unitTimeoutMs = random.pick(unitTimeouts);
  const options = { maxPeers, writers, unitTimeoutMs, name: arenaName, whenFull: whenFull[name] };
  const arena = RingBuffer.create({ ...room, ...options });
  // A slot has to hold the envelope as well.
  const maxUnitBytes = Math.min(arena.capacity / 4, arena.maxUnitBytes - largestEnvelope);
  const lossy = name === 'overwriting ring';
  // Some are longer than the memory that leases share for their envelopes.
  const maxTailBytes = 'slots' in room ? 100 : Math.min(bytes / 8, 40_000);
  const limits = { maxUnitBytes, maxTailBytes, leasesEach: 4 };
  return { arena, shape: { name, broadcast: true, lossy, hardened: false, ...limits } };
}

/**
 * @param {Shape} shape
 * @param {string} handle
 * @returns {AnyArena}
 */
export function attachArena(shape, handle) {
  const pool = shape.name === 'pool' || shape.name === 'fan-out';
  if (!pool) return RingBuffer.attach(handle);
  return SegmentPool.attach(handle, { hardened: shape.hardened });
}

/**
 * @param {import('@arena/shm-core').Reader} reader
 * @returns {reader is import('@arena/transport-ring').RingReader}
 */
export const isRingReader = (reader) => 'borrow' in reader;

/**
 * @param {import('@arena/shm-core').Reader} reader
 * @returns {reader is import('@arena/transport-pool').FanOutReader} Of a ring, too.
 */
export const isBroadcastReader = (reader) => 'syncToNewest' in reader;
