/** Numbers an item's objects in the order in which the encoder meets them. */

/** Up to this many objects, comparing with each is faster than a hash table. */
const fewObjects = 12;

export class IdentityTable {
  readonly #few: (object | undefined)[] = new Array(fewObjects).fill(undefined);
  #many: Map<object, number> | undefined;
  #count = 0;

  /** The number of `value` if it was met before; otherwise gives it the next number and returns -1. */
  add(value: object): number {
    const count = this.#count;
    const few = Math.min(count, fewObjects);
    for (let i = 0; i < few; i++) {
      if (this.#few[i] === value) return i;
    }
    if (count < fewObjects) this.#few[count] = value;
    else if (this.#many === undefined) this.#many = new Map([[value, count]]);
    else {
      const earlier = this.#many.get(value);
      if (earlier !== undefined) return earlier;
      this.#many.set(value, count);
    }
    this.#count = count + 1;
    return -1;
  }

  /** The number that was given last. */
  get last(): number {
    return this.#count - 1;
  }

  clear(): void {
    for (let i = 0; i < this.#count && i < fewObjects; i++) this.#few[i] = undefined;
    this.#many = undefined;
    this.#count = 0;
  }
}
