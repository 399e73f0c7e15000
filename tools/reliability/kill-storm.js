/**
 * Kills writers, readers, pipeline workers and consumers at random moments, and checks what the others
 * got: `npm run test:storm -- --rounds 500 --seed 1`
 */
import { parseArgs } from 'node:util';
import { spreadOf, wholeNumber } from './numbers.js';
import { freshSeed } from './random.js';
import { runStorm } from './storm/storm.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(freshSeed()) },
  },
});
const rounds = wholeNumber('rounds', values.rounds, 1);
const seed = wholeNumber('seed', values.seed, 0);

console.log(`kill storm: ${rounds} rounds, seed ${seed}`);
const began = performance.now();
const result = await runStorm({ rounds, seed, log: console.log });
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${result.kills} processes killed in ${seconds} s; ${result.written} units written, ${result.read} read`,
);
console.log(`told of a loss after its kill, ${spreadOf(result.toldAfterMs)}`);
for (const finding of result.findings) console.error(finding);
console.log(`${result.findings.length} findings`);
if (result.findings.length > 0) process.exitCode = 1;
