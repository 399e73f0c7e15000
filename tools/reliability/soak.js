/**
 * Keeps one arena of each kind busy for long, with processes that come, leave and are killed. Watches the
 * memory, descriptors and mappings of this process: `node tools/reliability/soak.js --minutes 10`
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { descriptors, footprint, leftBehind } from './footprint.js';
import { spreadOf, wholeNumber } from './numbers.js';
import { freshSeed, Random } from './random.js';
import { createItemArena, killWorker } from './storm/pipeline.js';
import { runRound } from './storm/round.js';
import { createArena, shapeNames } from './storm/shapes.js';

/** Memory may grow by this much from the second third of the run to the last: noise of the allocator. */
const allowedMiB = 16;
/** An arena looks after its peers at most this often. */
const recheckMs = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(freshSeed()) },
  },
});
const minutes = wholeNumber('minutes', values.minutes, 1);
const seed = wholeNumber('seed', values.seed, 0);
setFlagsFromString('--expose-gc');
const collectGarbage = /** @type {() => void} */ (runInNewContext('gc'));

const prefix = `soak-${process.pid}-`;
const random = new Random(seed);
const arenas = shapeNames.map((name) =>
  createArena(name, random, `${prefix}${name.replace(' ', '-')}`),
);
const itemArenas = [createItemArena('pool', random), createItemArena('ring', random)];
const allArenas = [...arenas.map(({ arena }) => arena), ...itemArenas];
const sum = { kills: 0, written: 0, read: 0, toldAfterMs: /** @type {number[]} */ ([]) };
/** @type {string[]} */
const findings = [];
/** @type {import('./footprint.js').Footprint[]} */
const samples = [];

console.log(`soak: ${minutes} minutes, seed ${seed}`);
const began = performance.now();
while (performance.now() - began < minutes * 60_000) {
  for (const { arena, shape } of arenas) {
    const kills = random.between(2, 12);
    const crew = { writers: random.between(2, 3), readers: random.between(2, 3) };
    const times = { pauseMs: 8, workMs: 400, leaveShare: 0.5 };
    count(await runRound({ arena, shape, random, ...crew, kills, ...times }));
  }
  for (const arena of itemArenas) {
    const result = await killWorker(arena, random);
    count({ ...result, kills: 1, written: result.items, read: result.items, toldAfterMs: [] });
  }
  await sample();
}
report();
for (const arena of allArenas) arena.close();
const [first] = samples;
for (const left of first ? await leftBehind(prefix, first) : []) note(left);
console.log(`${findings.length} findings`);
if (findings.length > 0) process.exitCode = 1;

/** @param {Omit<import('./storm/round.js').RoundResult, 'items'>} result */
function count(result) {
  sum.kills += result.kills;
  sum.written += result.written;
  sum.read += result.read;
  sum.toldAfterMs.push(...result.toldAfterMs);
  for (const finding of result.findings) note(finding);
}

/** @param {string} finding */
function note(finding) {
  console.error(finding);
  findings.push(finding);
}

async function sample() {
  collectGarbage();
  // Descriptors of left peers close with the next look at the peers; pipes close with the children.
  await sleep(2 * recheckMs);
  for (const arena of allArenas) arena.stats();
  const taken = footprint(prefix);
  samples.push(taken);
  const minute = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(
    `minute ${minute}: ${taken.residentMiB.toFixed(1)} MiB, ${taken.descriptors} descriptors (${kindsOf(descriptors())}), ${taken.arenaMappings} mappings; ${sum.kills} killed, ${sum.written} units written, ${sum.read} read, ${findings.length} findings`,
  );
}

/** @param {string[]} opened As `descriptors` lists them. */
function kindsOf(opened) {
  /** @type {Map<string, number>} */
  const kinds = new Map();
  for (const descriptor of opened) {
    const kind = /(pipe|socket|pidfd|eventpoll|arena)/.exec(descriptor)?.[0] ?? 'other';
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function report() {
  const third = Math.ceil(samples.length / 3);
  // The first third warms up: heaps grow, and each place of a peer gets a descriptor.
  const highest = (/** @type {keyof import('./footprint.js').Footprint} */ what) =>
    [samples.slice(third, -third), samples.slice(-third)].map((part) =>
      Math.max(...part.map((taken) => Number(taken[what]))),
    );
  for (const what of /** @type {const} */ (['residentMiB', 'descriptors', 'arenaMappings'])) {
    const [early = 0, late = 0] = highest(what);
    console.log(
      `${what}: at most ${early.toFixed(1)} in the second third, ${late.toFixed(1)} in the last`,
    );
    const allowed = what === 'residentMiB' ? allowedMiB : 0;
    if (late > early + allowed) note(`${what} has grown from ${early} to ${late}`);
  }
  console.log(`told of a loss after its kill, ${spreadOf(sum.toldAfterMs)}`);
}
