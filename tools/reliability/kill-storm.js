/**
 * Kills writers, readers, pipeline workers and consumers at random moments, and checks the units that the
 * others got: `node tools/reliability/kill-storm.js --rounds 500 --seed 1`. `--crews 8` tries every kind of
 * arena with 1 to 8 writers and 1 to 8 readers at once. `--only 17` repeats round 17 of a seed.
 */
import { parseArgs } from 'node:util';
import { spreadOf, wholeNumber } from './numbers.js';
import { freshSeed } from './random.js';
import { matrixRounds, sizesUpTo } from './storm/matrix.js';
import { runStorm, stationRounds } from './storm/storm.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    crews: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(freshSeed()) },
  },
});
const given = (/** @type {'crews' | 'only'} */ name) =>
  values[name] === undefined ? undefined : wholeNumber(name, values[name], 1);
const seed = wholeNumber('seed', values.seed, 0);
const [most, only] = [given('crews'), given('only')];
const rounds =
  most === undefined
    ? stationRounds(wholeNumber('rounds', values.rounds, 1))
    : matrixRounds(sizesUpTo(most));

console.log(`kill storm: ${rounds.length} rounds, seed ${seed}`);
const began = performance.now();
const result = await runStorm(rounds, { seed, only, log: console.log });
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${result.kills} processes killed in ${seconds} s; ${result.written} units written, ${result.read} read`,
);
console.log(`told of a loss after its kill, ${spreadOf(result.toldAfterMs)}`);
console.log(`${result.findings.length} findings`);
if (result.findings.length > 0) process.exitCode = 1;
