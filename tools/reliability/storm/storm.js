/** A storm: rounds of kills through every kind of arena, and through pipelines. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { footprint, leftBehind } from '../footprint.js';
import { Random } from '../random.js';
import { createItemArena, killConsumer, killWorker } from './pipeline.js';
import { runRound } from './round.js';
import { createArena, shapeNames } from './shapes.js';

/** @typedef {import('./shapes.js').Shape['name'] | 'pipeline'} Station */

/** What a storm goes through, a round each. @type {readonly Station[]} */
export const stations = [...shapeNames, 'pipeline'];

/**
 * @typedef {object} StormOptions
 * @property {number} rounds
 * @property {number} seed
 * @property {readonly Station[]} [through] All stations by default.
 * @property {(line: string) => void} [log]
 */

/**
 * @typedef {object} StormResult
 * @property {string[]} findings What did not hold, each with its round; empty after a good storm.
 * @property {number} kills
 * @property {number} written Units committed.
 * @property {number} read Units seen, by all readers.
 * @property {number[]} toldAfterMs From each kill until the arena told of the loss.
 */

/**
 * @param {StormOptions} options
 * @returns {Promise<StormResult>}
 */
export async function runStorm({ rounds, seed, through = stations, log = () => {} }) {
  const random = new Random(seed);
  const prefix = `storm-${process.pid}-`;
  await startSomething();
  const before = footprint(prefix);
  /** @type {StormResult} */
  const total = { findings: [], kills: 0, written: 0, read: 0, toldAfterMs: [] };
  for (let round = 0; round < rounds; round++) {
    const station = /** @type {Station} */ (through[round % through.length]);
    const name = random.chance(0.2) ? `${prefix}${round}` : undefined;
    const result = await (station === 'pipeline'
      ? pipelineRound(random)
      : arenaRound(station, random, name));
    total.findings.push(
      ...result.findings.map((finding) => `round ${round}, ${station}: ${finding}`),
    );
    total.kills += result.kills;
    total.written += result.written;
    total.read += result.read;
    total.toldAfterMs.push(...result.toldAfterMs);
    log(
      `round ${round + 1} of ${rounds}, ${station}: ${result.kills} killed, ${result.written} units written, ${result.read} read, ${result.findings.length} findings`,
    );
  }
  total.findings.push(...(await leftBehind(prefix, before)));
  return total;
}

/**
 * @param {import('./shapes.js').Shape['name']} station
 * @param {Random} random
 * @param {string | undefined} name
 */
async function arenaRound(station, random, name) {
  const { arena, shape } = createArena(station, random, name);
  const kills = random.between(1, 4);
  try {
    return await runRound({
      arena,
      shape,
      random,
      writers: random.between(2, 3),
      readers: random.between(2, 3),
      kills,
      pauseMs: 3,
      workMs: 60,
      leaveShare: 0.15,
    });
  } finally {
    arena.close();
  }
}

/** @param {Random} random */
async function pipelineRound(random) {
  const kind = random.pick(/** @type {const} */ (['pool', 'ring']));
  const arena = createItemArena(kind, random);
  const result = { findings: /** @type {string[]} */ ([]), kills: 0, written: 0, read: 0 };
  for (let pass = random.between(1, 3); pass > 0; pass--) {
    const { items, findings } = await killWorker(arena, random);
    result.findings.push(...findings);
    result.kills++;
    result.read += items;
  }
  result.written = arena.stats().writtenUnits;
  arena.close();
  if (random.chance(0.3)) {
    result.findings.push(...(await killConsumer(kind, random)));
    result.kills++;
  }
  return { ...result, toldAfterMs: [] };
}

/** The first child process, and the first pipe to one, make Node open descriptors that it keeps. */
async function startSomething() {
  const child = spawn(process.execPath, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  await once(child, 'close');
}
