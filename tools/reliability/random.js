/** Random numbers that a seed reproduces. */

export class Random {
  #state;

  /** @param {number} seed A uint32. */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** @returns {number} From 0 up to, not including, 1. Source: Tommy Ettinger's mulberry32. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * @param {number} limit
   * @returns {number} A whole number from 0 up to, not including, `limit`.
   */
  below(limit) {
    return Math.floor(this.next() * limit);
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {number} A whole number; both ends are possible.
   */
  between(from, to) {
    return from + this.below(to - from + 1);
  }

  /** @param {number} probability */
  chance(probability) {
    return this.next() < probability;
  }

  /**
   * @template T
   * @param {readonly T[]} list Not empty.
   * @returns {T}
   */
  pick(list) {
    return /** @type {T} */ (list[this.below(list.length)]);
  }

  /** @returns {number} A seed for another source, independent of the later numbers of this one. */
  seed() {
    return this.below(2 ** 32);
  }
}

/** @returns {number} A random seed. Print it, so that the run can be repeated. */
export const freshSeed = () => Math.floor(Math.random() * 2 ** 32);
