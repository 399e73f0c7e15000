/** Compares one measurement in two trees. */
import { takeSample } from '../measuring/sample.js';
import { compareCounts } from './counts.js';
import { CannotMeasure } from './row.js';
import { compareTimes } from './times.js';

/**
 * @typedef {object} Comparison
 * @property {import('./row.js').Row[]} rows
 * @property {string} [skipped] Why there are no rows.
 * @property {string} [broken] Why the head cannot be measured.
 */

/**
 * @param {import('../measurement.js').Measurement} measurement
 * @param {{ base: string, head: string }} trees
 * @param {import('../measuring/native.js').Counters} counters
 * @param {{ level: number, seconds: number, countsAlone: boolean }} limits
 * @returns {Promise<Comparison>}
 */
export async function compare(measurement, trees, counters, limits) {
  /** @type {import('./row.js').Sides} */
  const sides = {
    take: async (side, mode) => {
      const outcome = await takeSample({ tree: trees[side], measurement, mode, counters });
      if ('failure' in outcome) throw new CannotMeasure(side, outcome.failure);
      return outcome.sample;
    },
  };
  try {
    const began = performance.now();
    const counts = await compareCounts(sides, measurement);
    if (limits.countsAlone) return { rows: counts };
    const seconds = limits.seconds - (performance.now() - began) / 1000;
    return {
      rows: [...(await compareTimes(sides, measurement, { ...limits, seconds })), ...counts],
    };
  } catch (error) {
    if (!(error instanceof CannotMeasure)) throw error;
    if (error.side === 'base')
      return { rows: [], skipped: `the base cannot run it: ${error.message}` };
    return { rows: [], ...(await reasonOfHead(measurement, trees, counters, error.message)) };
  }
}

/**
 * Where neither side can run it, this machine lacks something: a codec, for instance.
 *
 * @param {import('../measurement.js').Measurement} measurement
 * @param {{ base: string, head: string }} trees
 * @param {import('../measuring/native.js').Counters} counters
 * @param {string} message
 */
async function reasonOfHead(measurement, trees, counters, message) {
  const outcome = await takeSample({ tree: trees.base, measurement, mode: 'time', counters });
  return 'failure' in outcome
    ? { skipped: `it does not run here: ${message}` }
    : { broken: message };
}
