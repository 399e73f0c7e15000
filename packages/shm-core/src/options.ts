/** Checks objects of options: their names and their values. */
import { type Check, describe } from './arguments.js';
import { invalidType } from './errors.js';
import { nearestName } from './nearest-name.js';

const noOptions = Object.freeze({});

/** The check of an option that every call must give. */
export function required(check: Check): Check {
  const demanding: Check = (name, value) => check(name, value);
  demanders.add(demanding);
  return demanding;
}

const demanders = new WeakSet<Check>();

/** The check of each option. */
export type Checks<T extends object> = { readonly [K in keyof T]-?: Check };

/**
 * The options that one call takes, with the check of each.
 *
 *     const readOptions = new Options<WaitOptions>({ timeoutMs: checkMilliseconds });
 *     const { timeoutMs } = readOptions.check(options);
 */
export class Options<T extends object> {
  /** This is intentional: a map, because a look-up in an object also finds names of its prototype. */
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #required: readonly (readonly [string, Check])[];

  constructor(checks: Checks<T>) {
    const entries: [string, Check][] = Object.entries<Check>(checks);
    this.#checks = new Map(entries);
    this.#required = entries.filter(([, check]) => demanders.has(check));
  }

  /**
   * Returns `options` when the call knows every name and every value passes its check. An option that is
   * `undefined` counts as absent. When `options` is `undefined`, all options are absent.
   *
   * @param within The name of the object in errors, when the object is itself an option.
   * @throws {TypeError} `options` is no object, or holds an option that the call does not have.
   */
  check(options: T | undefined, within = ''): T {
    if (options === undefined && this.#required.length === 0) return noOptions as T;
    if (typeof options !== 'object' || options === null) throw notOptions(options, within);
    let empty = true;
    for (const name in options) {
      empty = false;
      const check = this.#checks.get(name);
      if (check === undefined) throw this.#unknown(options, name, within);
      const value = options[name];
      if (value !== undefined) check(inside(within, name), value);
    }
    if (empty && !isPlain(options)) throw notOptions(options, within);
    for (const [name, check] of this.#required) {
      if (options[name as keyof T] === undefined) check(inside(within, name), undefined);
    }
    return options;
  }

  #unknown(options: object, name: string, within: string): Error {
    if (!isPlain(options)) return notOptions(options, within);
    const names = [...this.#checks.keys()];
    return invalidType(`unknown option '${inside(within, name)}'. ${advice(name, names, within)}`);
  }
}

function advice(name: string, names: string[], within: string): string {
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `Did you mean '${inside(within, nearest)}'?`;
  if (names.length === 0) return 'This call takes no options.';
  return `Known here: ${names.map((known) => `'${inside(within, known)}'`).join(', ')}.`;
}

const inside = (within: string, name: string): string =>
  within === '' ? name : `${within}.${name}`;

/** False for arrays, bytes, promises, signals and other objects with a type of their own. */
const isPlain = (value: object): boolean =>
  Object.prototype.toString.call(value) === '[object Object]';

const notOptions = (value: unknown, within: string): Error =>
  invalidType(`${within === '' ? 'options' : within} must be an object, got ${describe(value)}.`);
