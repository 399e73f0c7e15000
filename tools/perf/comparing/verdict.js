/** What follows from the figures of the base and the head. */

/** @typedef {'faster' | 'same' | 'slower' | 'too noisy to tell'} Verdict */

/** Growth of a count that may be rounding, for one item, beside half a percent of it. */
const LEAST_GROWTH = /** @type {Record<string, number>} */ ({
  calls: 0.1,
  wakeUps: 0.1,
  copied: 64,
  allocations: 0.05,
  heap: 8,
});
const RELATIVE_GROWTH = 0.005;

/**
 * @param {import('./statistics.js').Interval} ratio Head through base.
 * @param {number} threshold For instance 0.05.
 * @returns {Verdict}
 */
export function verdictOfRatio({ low, high }, threshold) {
  const slow = 1 + threshold;
  if (low > slow) return 'slower';
  if (high < 1 / slow) return 'faster';
  return low >= 1 / slow && high <= slow ? 'same' : 'too noisy to tell';
}

/**
 * The smallest growth that would have been called slower, had the interval been as wide.
 *
 * @param {import('./statistics.js').Interval} ratio
 * @param {number} threshold
 */
export function smallestSeen({ median, low }, threshold) {
  return (1 + threshold) * (median / low) - 1;
}

/**
 * The growth of a count that is more than rounding.
 *
 * @param {string} quantity
 * @param {number} base
 */
export function tolerance(quantity, base) {
  return Math.max(LEAST_GROWTH[quantity] ?? 0, RELATIVE_GROWTH * Math.abs(base));
}

/**
 * @param {string} quantity
 * @param {number[]} base What each run has counted for an item.
 * @param {number[]} head
 * @returns {Verdict} `too noisy to tell` where runs of the same code differ: then it is no count.
 */
export function verdictOfCounts(quantity, base, head) {
  const allowed = tolerance(quantity, Math.min(...base));
  if (spread(base) > allowed || spread(head) > allowed) return 'too noisy to tell';
  const growth = Math.min(...head) - Math.min(...base);
  if (growth > allowed) return 'slower';
  return growth < -allowed ? 'faster' : 'same';
}

/** @param {number[]} values */
function spread(values) {
  return Math.max(...values) - Math.min(...values);
}
