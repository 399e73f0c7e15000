/** Compares two commits: everything behind `node tools/perf`. */
import { readPackages } from '../checkout/packages.js';
import { root } from '../checkout/root.js';
import { say } from '../commands/command.js';
import { runShown } from '../commands/run-shown.js';
import { acceptedIn } from './accepted.js';
import { affectedBy } from './affected.js';
import { compare } from './comparing/compare.js';
import { levelFor } from './comparing/statistics.js';
import { readMeasurements } from './measurement.js';
import { buildCounters } from './measuring/native.js';
import { countKept } from './reporting/kept.js';
import { adoptMeasurements } from './trees/adopt.js';
import { changedFiles } from './trees/git.js';
import { runSameCode } from './trees/identical.js';
import { rangeOf } from './trees/range.js';
import { treeOf } from './trees/tree.js';

/**
 * @typedef {import('./options.js').Options} Options
 * @typedef {import('./measurement.js').Measurement} Measurement
 * @typedef {import('./reporting/result.js').Result} Result
 */

/** For one measurement. What is not clear after that stays unclear for long. */
const MOST_SECONDS = 20;

/**
 * @param {Options} options
 * @returns {Promise<Result | string>} In words why nothing was measured, which is no failure.
 */
export async function comparison(options) {
  const range = rangeOf(options.base, options.head);
  if (typeof range === 'string') return `nothing is compared: ${range}`;
  const all = await readMeasurements(root);
  const affected = affectedBy(root, all, changedFiles(range.base, range.head));
  const chosen = affected.measurements.filter((one) => isChosen(one, options));
  const short = range.base.slice(0, 7);
  if (chosen.length === 0) {
    return `nothing to measure: no measurement runs code that differs from ${short}.`;
  }
  const trees = await bothTrees(range, options);
  adoptMeasurements(trees.head, trees.base, [...new Set(chosen.map(({ folder }) => folder))]);
  const comparisons = affected.measurements.filter((one) => !isSame(one, trees)).length;
  const result = { base: short, head: range.headLabel, changed: affected.changed };
  return {
    ...result,
    ...(await measured(chosen, comparisons, trees, options, range)),
  };
}

/**
 * @param {Measurement} measurement
 * @param {Options} options
 */
export function isChosen({ folder, packageName, name }, { folders, only }) {
  const inFolder = folders.length === 0 || folders.includes(folder);
  return inFolder && `${packageName}: ${name}`.includes(only);
}

/**
 * @param {import('./trees/range.js').Range} range
 * @param {Options} options
 */
async function bothTrees({ base, head }, { build }) {
  if (head === undefined && build.length > 0) {
    await runShown('building the head', build, { cwd: root });
  }
  return {
    base: await treeOf(base, 'the base', build),
    head: head === undefined ? root : await treeOf(head, 'the head', build),
  };
}

/**
 * @param {Measurement[]} chosen
 * @param {number} comparisons In the whole workspace: nx starts a run for each package.
 * @param {{ base: string, head: string }} trees
 * @param {Options} options
 * @param {import('./trees/range.js').Range} range
 */
async function measured(chosen, comparisons, trees, options, range) {
  const counters = buildCounters();
  const share = Math.min(MOST_SECONDS, options.seconds / comparisons);
  let left = comparisons - countKept();
  const level = levelFor(comparisons);
  const accepted = acceptedIn(range.base, range.head);
  /** @type {Pick<Result, 'rows' | 'skipped' | 'broken' | 'notes'>} */
  const result = { rows: [], skipped: [], broken: [], notes: counters.missing };
  for (const measurement of chosen) {
    const { packageName, name } = measurement;
    if (isSame(measurement, trees)) {
      result.skipped.push({
        packageName,
        name,
        reason: 'base and head run the same compiled code.',
      });
      continue;
    }
    const seconds = Math.min(share, secondsLeft() / Math.max(1, left));
    left -= 1;
    if (seconds <= 0) {
      result.skipped.push({ packageName, name, reason: 'no time was left for it.' });
      continue;
    }
    say(`${packageName}: ${name} ...`);
    const { rows, skipped, broken } = await compare(measurement, trees, counters, {
      level,
      seconds,
      countsAlone: options.counts,
    });
    result.rows.push(...rows.map((row) => withAcceptance(row, accepted)));
    if (skipped !== undefined) result.skipped.push({ packageName, name, reason: skipped });
    if (broken !== undefined) result.broken.push({ packageName, name, reason: broken });
  }
  return result;
}

/** @returns {number} Until the moment that a build server allows; without one, there is no such moment. */
function secondsLeft() {
  const deadline = Number(process.env.ARENA_PERF_DEADLINE || Number.POSITIVE_INFINITY);
  return (deadline - Date.now()) / 1000;
}

/**
 * @param {import('./comparing/row.js').Row} row
 * @param {ReturnType<typeof acceptedIn>} accepted
 */
function withAcceptance(row, accepted) {
  const commit = row.verdict === 'slower' ? accepted(row) : undefined;
  return commit === undefined ? row : { ...row, accepted: commit };
}

/**
 * @param {Measurement} measurement
 * @param {{ base: string, head: string }} trees
 */
function isSame({ reach }, { base, head }) {
  const folders = readPackages(root)
    .filter(({ name }) => reach.includes(name))
    .map(({ folder }) => folder);
  return runSameCode(base, head, folders);
}
