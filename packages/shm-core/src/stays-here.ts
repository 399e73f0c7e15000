/** Objects that mean something in their own thread alone: cloned, they would arrive as empty shells. */
import { ArenaError } from './errors.js';

const reasonKey = Symbol.for('arena.staysHere');

/** Why the instances of a class cannot be sent, and what to send instead. */
export class StaysHere {
  /**
   * The value of the first field of every instance. Structured clone (`structuredClone`, `postMessage`,
   * `workerData`, IPC with `serialization: 'advanced'`) asks no class: it reads an object's own enumerable
   * properties, the oldest first, and refuses a symbol with an error that quotes it.
   *
   * This is intentional: no getter that throws an ArenaError. Test runners and debuggers read getters, and
   * would report that error instead of what they have to say. The field costs a lease nothing measurable.
   */
  readonly mark: symbol;

  /**
   * @param what What an error calls an instance: "a lease".
   * @param instead What to send instead, as a sentence without its full stop.
   */
  constructor(
    readonly what: string,
    readonly instead: string,
  ) {
    this.mark = Symbol(this.#text);
  }

  /** Makes `JSON.stringify` and items refuse instances of `type` as well. */
  keep(type: { readonly prototype: object }): void {
    const toJSON = () => {
      throw new ArenaError('ERR_ARENA_UNSENDABLE', this.#text);
    };
    Object.defineProperties(type.prototype, {
      [reasonKey]: { value: this },
      toJSON: { value: toJSON, configurable: true, writable: true },
    });
  }

  get #text(): string {
    return `${this.what} cannot be sent or cloned. ${this.instead}.`;
  }
}

/** Why `value` cannot be sent, where it is an object that stays here, or a prototype of one. */
export const reasonToStay = (value: object): StaysHere | undefined =>
  (value as { [reasonKey]?: StaysHere })[reasonKey];
