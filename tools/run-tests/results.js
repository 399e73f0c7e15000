/** The recorded results of test runs, and their sum. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder } from '../checkout/files.js';
import { root } from '../checkout/root.js';

/** One file of JSON per run: vitest's own report, or `{ passed, failed }`. Relative to the top. */
export const RESULTS = 'build/test-results';

/** @typedef {{ passed: number, failed: number }} Count */

export function clearResults() {
  rmSync(join(root, RESULTS), { recursive: true, force: true });
}

/**
 * @param {string} run Name of the run. A later run of the same name replaces it.
 * @param {Count} count
 */
export function recordResult(run, count) {
  const path = join(root, RESULTS, `${run}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(count));
}

/** @returns {Count} The sum over all recorded runs. */
export function sumOfResults() {
  const counts = filesUnder(RESULTS)
    .filter((path) => path.endsWith('.json'))
    .map((path) => countIn(JSON.parse(readFileSync(join(root, path), 'utf8'))));
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/**
 * @param {any} report Vitest's, or a `Count`.
 * @returns {Count} A test file that could not be loaded, and an error outside of any test, count as
 *   one failed test each: vitest's own number leaves them out.
 */
export function countIn(report) {
  if (report.numTotalTests === undefined) return { passed: report.passed, failed: report.failed };
  const unloaded = report.testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
  };
}

/**
 * @param {string} output What a doctest runner printed.
 * @returns {Count | undefined} Its test cases; undefined if it did not get to its closing lines.
 */
export function doctestCount(output) {
  const line = /^\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed/m.exec(output);
  return line ? { passed: Number(line[1]), failed: Number(line[2]) } : undefined;
}
