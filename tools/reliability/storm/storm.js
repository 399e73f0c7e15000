/** A storm: rounds of kills through every kind of arena, and through pipelines. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { footprint, leftBehind } from '../footprint.js';
import { Random } from '../random.js';
import { createItemArena, killConsumer, killWorker } from './pipeline.js';
import { runRound } from './round.js';
import { createArena, shapeNames } from './shapes.js';

/** @typedef {import('./shapes.js').Shape['name'] | 'pipeline'} Station */

/** The stations of a storm, with a round each. @type {readonly Station[]} */
export const stations = [...shapeNames, 'pipeline'];

/**
 * @typedef {object} StormResult
 * @property {string[]} findings The faults, each with its round; empty after a good storm.
 * @property {number} kills
 * @property {number} written Units committed.
 * @property {number} read Units seen, by all readers.
 * @property {number[]} toldAfterMs From each kill until the arena told of the loss.
 */

/**
 * @typedef {object} Round
 * @property {string} name
 * @property {(random: Random, arenaName: string | undefined) => Promise<StormResult>} run
 */

/**
 * @typedef {object} StormOptions
 * @property {number} seed
 * @property {number | undefined} [only] Runs only this round, counted from 1, exactly as among the others.
 * @property {(line: string) => void} [log]
 */

/**
 * Makes rounds, station by station.
 *
 * @param {number} rounds
 * @param {readonly Station[]} [through] All stations by default.
 * @returns {Round[]}
 */
export const stationRounds = (rounds, through = stations) =>
  Array.from({ length: rounds }, (_, round) => {
    const name = /** @type {Station} */ (through[round % through.length]);
    return name === 'pipeline'
      ? { name, run: pipelineRound }
      : { name, run: (random, arenaName) => arenaRound(name, random, arenaName) };
  });

/**
 * @param {readonly Round[]} rounds
 * @param {StormOptions} options
 * @returns {Promise<StormResult>}
 */
export async function runStorm(rounds, { seed, only, log = () => {} }) {
  const prefix = `storm-${process.pid}-`;
  await startSomething();
  const before = footprint(prefix);
  /** @type {StormResult} */
  const total = { findings: [], kills: 0, written: 0, read: 0, toldAfterMs: [] };
  for (const [index, { name, run }] of rounds.entries()) {
    const round = index + 1;
    if (only !== undefined && only !== round) continue;
    const random = new Random(seed + round);
    const arenaName = random.chance(0.2) ? `${prefix}${round}` : undefined;
    const result = await run(random, arenaName);
    const findings = result.findings.map((finding) => `round ${round}, ${name}: ${finding}`);
    total.findings.push(...findings);
    total.kills += result.kills;
    total.written += result.written;
    total.read += result.read;
    total.toldAfterMs.push(...result.toldAfterMs);
    log(
      `round ${round} of ${rounds.length}, ${name}: ${result.kills} killed, ${result.written} units written, ${result.read} read, ${findings.length} findings`,
    );
    for (const finding of findings) log(finding);
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

/** Starts a child process: the first child, and the first pipe to one, make Node open descriptors that it keeps. */
async function startSomething() {
  const child = spawn(process.execPath, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  await once(child, 'close');
}
