/** The interval of a median of ratios, by the bootstrap. */
import { medianSorted, quantileSorted } from 'simple-statistics';

const RESAMPLES = 4000;

/**
 * @typedef {object} Interval
 * @property {number} median
 * @property {number} low
 * @property {number} high
 */

/**
 * Percentile bootstrap of the median. The same values give the same interval: the generator starts
 * from a constant.
 *
 * @param {number[]} values
 * @param {number} level Share of such intervals that hold the true median, for instance 0.95.
 * @returns {Interval}
 */
export function intervalOfMedian(values, level) {
  const sorted = [...values].sort((a, b) => a - b);
  const random = generator(values.length);
  const medians = Array.from({ length: RESAMPLES }, () =>
    medianSorted(
      sorted
        .map(() => /** @type {number} */ (sorted[Math.floor(random() * sorted.length)]))
        .sort((a, b) => a - b),
    ),
  ).sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return {
    median: medianSorted(sorted),
    low: quantileSorted(medians, tail),
    high: quantileSorted(medians, 1 - tail),
  };
}

/**
 * Bonferroni's correction: with this level for each of the comparisons, all of their intervals hold the
 * true value at once with 95 %.
 *
 * @param {number} comparisons
 */
export function levelFor(comparisons) {
  return 1 - 0.05 / Math.max(1, comparisons);
}

/**
 * mulberry32, by Tommy Ettinger: public domain.
 *
 * @param {number} seed
 * @returns {() => number} 0 to below 1.
 */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
