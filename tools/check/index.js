/**
 * Everything that must hold before a change is merged: `npm run check`. A build server runs the same.
 *
 * The closing line, for instance `4600 passed, 0 failed`, is for a machine to read. The tests run
 * twice, and each run counts. Ends with 1 when a step failed, or when no test ran.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../checkout/root.js';
import { runVisibly } from '../commands/run-visibly.js';
import { clearResults, sumOfResults } from '../run-tests/results.js';
import { STEPS } from './steps.js';
import { plainLines } from './terminal-log.js';

/** A step that takes this long hangs. Its parts have shorter limits of their own. */
const LIMIT_MS = 60 * 60_000;
/** Enough for the failures at the end of a test run. */
const SHOWN_LINES = 300;

/** @type {import('../run-tests/results.js').Count} */
const sum = { passed: 0, failed: 0 };

// Print the sum at every end, also after a signal.
process.on('exit', () => {
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1;
});

for (const step of STEPS) {
  if (!(await succeeds(step))) {
    process.exitCode = 1;
    break;
  }
}

/**
 * @param {import('./steps.js').Step} step
 * @returns {Promise<boolean>}
 */
async function succeeds({ title, command, log }) {
  if (log !== undefined) mkdirSync(join(root, dirname(log)), { recursive: true });
  console.log(`\ncheck: ${title}: ${command.join(' ')}`);
  clearResults();
  const began = performance.now();
  const succeeded = await runVisibly(command, { limitMs: LIMIT_MS, quiet: log !== undefined });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const { passed, failed } = sumOfResults();
  sum.passed += passed;
  sum.failed += failed;
  if (!succeeded && log !== undefined) {
    console.log(
      plainLines(readFileSync(join(root, log), 'utf8'))
        .slice(-SHOWN_LINES)
        .join('\n'),
    );
  }
  const tests = passed + failed > 0 ? `${passed} passed, ${failed} failed, ` : '';
  console.log(`check: ${title}: ${succeeded ? 'succeeded' : 'FAILED'}, ${tests}${seconds} s`);
  return succeeded;
}
