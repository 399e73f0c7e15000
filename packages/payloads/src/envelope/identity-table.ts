/** Numbers an item's objects in the order in which they are first met. */

/** Up to here, comparing with each one beats a hash table. */
const fewObjects = 12;

export class IdentityTable {
  readonly #few: (object | undefined)[] = new Array(fewObjects).fill(undefined);
  #many: Map<object, number> | undefined;
  #count = 0;

  /** The number of `value` where it was met before; otherwise numbers it and returns -1. */
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

  /** The number given last. */
  get last(): number {
    return this.#count - 1;
  }

  clear(): void {
    for (let i = 0; i < this.#count && i < fewObjects; i++) this.#few[i] = undefined;
    this.#many = undefined;
    this.#count = 0;
  }
}
