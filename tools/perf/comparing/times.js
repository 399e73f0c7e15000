/** Compares times: base and head alternately in fresh processes, until the answer is clear. */
import { intervalOfMedian } from './statistics.js';
import { smallestSeen, verdictOfRatio } from './verdict.js';

/**
 * @typedef {import('./row.js').Row} Row
 * @typedef {import('./row.js').Sides} Sides
 * @typedef {import('../measurement.js').Measurement} Measurement
 * @typedef {import('../measuring/sample.js').Sample} Sample
 * @typedef {{ base: Sample, head: Sample }} Pair
 */

/** Fewer pairs have no interval at such a level. */
const LEAST_PAIRS = 8;
const MOST_PAIRS = 30;
/** So many times its share may a measurement take longer, to get to the least number of pairs. */
const OVERTIME = 2;
/** The interval is narrow enough once it reaches no further than this part of the threshold. */
const NARROW = 0.6;
/** A repetition has a question already: does the one difference that was found come again? */
const REPETITION_LEVEL = 0.95;
const REPETITION_PAIRS = 4;

/**
 * @param {Sides} sides
 * @param {Measurement} measurement
 * @param {{ level: number, seconds: number }} limits
 * @returns {Promise<Row[]>}
 */
export async function compareTimes(sides, measurement, { level, seconds }) {
  const end = performance.now() + seconds * 1000;
  /** @type {Pair[]} */
  const pairs = [];
  const quantity = measurement.time;
  const began = performance.now();
  while (pairs.length < MOST_PAIRS && !isClear(pairs, measurement, level)) {
    pairs.push(...(await fourProcesses(sides)));
    const now = performance.now();
    if (pairs.length >= LEAST_PAIRS && now > end) break;
    // Fewer pairs bring no answer, so they may take longer. A machine that is far too slow gets none.
    const forEnough = began + ((now - began) / pairs.length) * LEAST_PAIRS;
    if (pairs.length < LEAST_PAIRS && forEnough > end + OVERTIME * (end - began)) break;
  }
  const row = rowOf(pairs, measurement, quantity, level);
  if (pairs.length < LEAST_PAIRS) {
    return [{ ...row, verdict: 'too noisy to tell', note: `time for ${pairs.length} pairs only` }];
  }
  const rows = [row, ...instructionRows(pairs, measurement, level)];
  if (!rows.some(({ verdict }) => verdict === 'slower')) return rows;
  return confirmed(rows, await takePairs(sides, REPETITION_PAIRS), measurement);
}

/**
 * Base, head, head, base: what drifts slowly changes both alike.
 *
 * @param {Sides} sides
 * @returns {Promise<Pair[]>}
 */
async function fourProcesses({ take }) {
  const [first, second, third, fourth] = [
    await take('base', 'time'),
    await take('head', 'time'),
    await take('head', 'time'),
    await take('base', 'time'),
  ];
  return [
    { base: first, head: second },
    { base: fourth, head: third },
  ];
}

/**
 * @param {Sides} sides
 * @param {number} count
 */
async function takePairs(sides, count) {
  /** @type {Pair[]} */
  const pairs = [];
  while (pairs.length < count) pairs.push(...(await fourProcesses(sides)));
  return pairs;
}

/**
 * @param {Pair[]} pairs
 * @param {Measurement} measurement
 * @param {number} level
 */
function isClear(pairs, { time, threshold }, level) {
  if (pairs.length < LEAST_PAIRS) return false;
  const ratio = intervalOfMedian(ratiosOf(pairs, time), level);
  const wide = Math.max(ratio.high / ratio.median, ratio.median / ratio.low) - 1;
  return wide <= threshold * NARROW || verdictOfRatio(ratio, threshold) !== 'too noisy to tell';
}

/**
 * A row stays slower only where the repetition by itself says the same.
 *
 * @param {Row[]} rows
 * @param {Pair[]} repetition
 * @param {Measurement} measurement
 * @returns {Row[]}
 */
function confirmed(rows, repetition, measurement) {
  return rows.map((row) => {
    if (row.verdict !== 'slower') return row;
    const again = rowOf(repetition, measurement, row.quantity, REPETITION_LEVEL);
    if (again.verdict === 'slower') return row;
    return { ...row, verdict: 'too noisy to tell', note: 'a repetition did not confirm it' };
  });
}

/**
 * @param {Pair[]} pairs
 * @param {Measurement} measurement
 * @param {import('../measurement.js').Quantity} quantity
 * @param {number} level
 * @returns {Row}
 */
function rowOf(pairs, { packageName, name, threshold }, quantity, level) {
  const ratio = intervalOfMedian(ratiosOf(pairs, quantity), level);
  const medianOf = (/** @type {'base' | 'head'} */ side) =>
    intervalOfMedian(
      pairs.map((pair) => pair[side][quantity] ?? Number.NaN),
      0,
    ).median;
  return {
    packageName,
    name,
    quantity,
    base: medianOf('base'),
    head: medianOf('head'),
    ratio: ratio.median,
    low: ratio.low,
    high: ratio.high,
    verdict: verdictOfRatio(ratio, threshold),
    smallest: smallestSeen(ratio, threshold),
    pairs: pairs.length,
  };
}

/**
 * @param {Pair[]} pairs
 * @param {Measurement} measurement
 * @param {number} level
 */
function instructionRows(pairs, measurement, level) {
  const counted = pairs.every(({ base, head }) => base.instructions && head.instructions);
  return counted ? [rowOf(pairs, measurement, 'instructions', level)] : [];
}

/**
 * @param {Pair[]} pairs
 * @param {import('../measurement.js').Quantity} quantity
 */
function ratiosOf(pairs, quantity) {
  return pairs.map(
    ({ base, head }) => (head[quantity] ?? Number.NaN) / (base[quantity] ?? Number.NaN),
  );
}
