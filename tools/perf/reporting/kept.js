/** Results of the packages of one run of nx, kept until the run is over. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../checkout/root.js';

const FOLDER = join(root, 'build/perf/results');

/** nx's plugin gives every run a name. */
const runFolder = (/** @type {string} */ run) => join(FOLDER, run.replace(/\W/g, ''));

/**
 * Does nothing outside of nx.
 *
 * @param {import('./result.js').Result | string} result In words why nothing was measured.
 * @param {string[]} folders
 */
export function keepResult(result, folders) {
  const run = process.env.ARENA_PERF_RUN;
  if (run === undefined || run === '') return;
  mkdirSync(runFolder(run), { recursive: true });
  const name = folders.join('-').replace(/\W/g, '-') || 'all';
  writeFileSync(join(runFolder(run), `${name}.json`), JSON.stringify(result));
}

/**
 * They are not kept any longer.
 *
 * @param {string} run
 */
export function takeResults(run) {
  const kept = readKept(run);
  rmSync(runFolder(run), { recursive: true, force: true });
  return { results: kept.filter(isResult), reasons: kept.filter((one) => !isResult(one)) };
}

/** @returns {number} Measurements of other packages that this run of nx has taken. */
export function countKept() {
  const finished = readKept(process.env.ARENA_PERF_RUN ?? '')
    .filter(isResult)
    .flatMap(({ rows, broken }) =>
      [...rows, ...broken].map(({ packageName, name }) => `${packageName}: ${name}`),
    );
  return new Set(finished).size;
}

/**
 * @param {import('./result.js').Result | string} kept
 * @returns {kept is import('./result.js').Result}
 */
const isResult = (kept) => typeof kept !== 'string';

/**
 * @param {string} run
 * @returns {(import('./result.js').Result | string)[]}
 */
function readKept(run) {
  const folder = runFolder(run);
  if (run === '' || !existsSync(folder)) return [];
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
