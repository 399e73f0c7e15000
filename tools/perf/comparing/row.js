/** One line of the result, and the two sides that it compares. */

/**
 * @typedef {object} Row
 * @property {string} packageName
 * @property {string} name Of the measurement.
 * @property {import('../measurement.js').Quantity} quantity
 * @property {number} base For one item.
 * @property {number} head
 * @property {number} ratio Head through base: above 1 is slower.
 * @property {number} [low] The interval of the ratio; absent where a count needs none.
 * @property {number} [high]
 * @property {import('./verdict.js').Verdict} verdict
 * @property {number | undefined} smallest The smallest growth that this run could have seen.
 * @property {number} [pairs] Pairs of processes.
 * @property {string} [note]
 * @property {string} [accepted] Short id of the commit whose message accepts the growth.
 */

/**
 * @typedef {object} Sides
 * @property {(side: 'base' | 'head', mode: 'time' | 'count') => Promise<import('../measuring/sample.js').Sample>} take
 *   Throws a `CannotMeasure`.
 */

/** One side cannot run the measurement, for instance because the base lacks what it calls. */
export class CannotMeasure extends Error {
  /**
   * @param {'base' | 'head'} side
   * @param {string} reason
   */
  constructor(side, reason) {
    super(reason);
    this.side = side;
  }
}
