/**
 * Interrupts every operation of the core at every machine instruction:
 *
 *     npm run test:kill [-- --sample N] [--seed S] [--only TEXT] [--every] [--mutations]
 *
 * Without `--sample` an operation is delayed before each of its instructions. With it, only before N
 * instructions, drawn by `--seed`. Of several kills that find the same state, one is tried; `--every`
 * tries them all. `--mutations` breaks copies of the core instead, and expects that each is noticed;
 * with `--only`, the mutations whose names or operations contain TEXT.
 */
import { parseArgs } from 'node:util';
import { runCommand } from '../commands/command.js';
import { recordResult } from '../run-tests/results.js';
import { requireSetUp } from '../setup/required.js';
import { killSteps } from './kill-steps.js';
import { tryMutations } from './mutations.js';

const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    every: { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
  },
});

/** @param {string} runner */
async function tryCore(runner) {
  const args = ['--seed', values.seed];
  if (values.sample !== undefined) args.push('--sample', values.sample);
  if (values.only !== undefined) args.push('--only', values.only);
  if (values.every) args.push('--every');
  const began = performance.now();
  const result = await killSteps(runner, args, (line) => console.error(line));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  for (const violation of result.violations) console.log(violation);
  for (const error of result.errors) console.error(`test:kill: ${error}`);
  const extent =
    values.sample === undefined ? 'all' : `${values.sample} delays of each, seed ${values.seed}`;
  console.log(
    `test:kill: ${result.points} points of ${result.operations} operations (${extent}; another ` +
      `${result.same} leave the same), ${result.found} violations, ${seconds} s in ` +
      `${result.shards} processes`,
  );
  // An operation counts as a test. It fails with a violation, or when its process fails.
  const failed = result.unsound + result.errors.length;
  recordResult('kill-steps', { passed: result.operations - result.unsound, failed });
  return failed === 0 && result.points > 0;
}

await runCommand('test:kill', async () => {
  requireSetUp(['built']);
  return values.mutations
    ? tryMutations(values.only ?? '')
    : tryCore('packages/shm-core/build/arena-kill-steps');
});
