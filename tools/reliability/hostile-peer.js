/**
 * Rewrites arenas of every kind while they are used, and checks that their users get an error at worst:
 * `node tools/reliability/hostile-peer.js --minutes 5 --seed 1`
 */
import { parseArgs } from 'node:util';
import { arenaErrorCodes } from '@arena/shm-core';
import { endureHostilities } from './hostile/hostilities.js';
import { wholeNumber } from './numbers.js';
import { freshSeed, Random } from './random.js';
import { shapeNames } from './storm/shapes.js';

/** Far more than a user of arenas of a few MiB needs, and far less than a damaged length could ask for. */
const muchMiB = 500;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(freshSeed()) },
  },
});
const minutes = wholeNumber('minutes', values.minutes, 1);
const seed = wholeNumber('seed', values.seed, 0);
const random = new Random(seed);
/** @type {Map<string, number>} */
const outcomes = new Map();
let [runs, arenas, findings, longestMs] = [0, 0, 0, 0];
let longestCall = '';

console.log(`hostile peer: ${minutes} minutes, seed ${seed}`);
const end = performance.now() + minutes * 60_000;
for (; performance.now() < end; runs++) {
  const shape = /** @type {typeof shapeNames[number]} */ (shapeNames[runs % shapeNames.length]);
  const options = { shape, seed: random.seed(), milliseconds: 3000, pauseMs: random.pick([0, 4]) };
  const endured = await endureHostilities(options);
  arenas += endured.arenas;
  if (endured.longestMs > longestMs) ({ longestMs, longestCall } = endured);
  for (const [outcome, count] of Object.entries(endured.outcomes)) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  }
  for (const finding of findingsIn(endured)) {
    findings++;
    console.error(`${JSON.stringify(options)}: ${finding}`);
  }
}
console.log(
  `${runs} runs, ${arenas} arenas rewritten: ${JSON.stringify(Object.fromEntries(outcomes))}`,
);
console.log(`longest call ${longestMs.toFixed(0)} ms: ${longestCall.replaceAll(/\s+/g, ' ')}`);
console.log(`${findings} findings`);
if (findings > 0) process.exitCode = 1;

/** @param {import('./hostile/hostilities.js').Hostilities} endured */
function findingsIn(endured) {
  const { code, signal, broken, privateMiB } = endured;
  const unknown = Object.keys(endured.outcomes).filter(
    (outcome) => outcome !== 'done' && !(outcome in arenaErrorCodes),
  );
  return [
    ...(broken === undefined ? [] : [broken]),
    ...(code === 0 || broken !== undefined ? [] : [`the victim ended with ${signal ?? code}`]),
    ...unknown.map((outcome) => `a call came to ${outcome}`),
    ...(privateMiB < muchMiB ? [] : [`the victim had ${privateMiB.toFixed(0)} MiB`]),
  ];
}
