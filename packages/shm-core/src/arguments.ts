import { invalidRange, invalidType } from './errors.js';

const describe = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'bigint' ? String(value) : typeof value;

/** Checks that `value` is a whole number of at least `minimum`, and returns it. */
export function checkInteger(
  name: string,
  value: unknown,
  minimum: number,
  maximum = 2 ** 46,
): number {
  if (typeof value !== 'number')
    throw invalidType(`${name} must be a number, got ${describe(value)}.`);
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw invalidRange(
      `${name} must be a whole number from ${minimum} to ${maximum}, got ${value}.`,
    );
  }
  return value;
}

/** Node's timers fire at once for a longer delay (24.8 days). */
const longestTimerMs = 2 ** 31 - 1;

/** Checks a wait in milliseconds; absent, or longer than any timer, becomes -1: for ever. */
export function checkTimeout(value: unknown): number {
  if (value === undefined) return -1;
  if (typeof value !== 'number') {
    throw invalidType(`timeoutMs must be a number, got ${describe(value)}.`);
  }
  if (!(value >= 0)) throw invalidRange(`timeoutMs must be 0 or more, got ${value}.`);
  return value > longestTimerMs ? -1 : value;
}

/** Checks that `value` can hold options: what is read from anything else would pass for absent. */
export function checkOptions<T>(value: T): T {
  if (typeof value === 'object' && value !== null) return value;
  throw invalidType(`options must be an object, got ${value === null ? 'null' : describe(value)}.`);
}

export function checkSignal(value: AbortSignal | undefined): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value;
  throw invalidType(`signal must be an AbortSignal, got ${describe(value)}.`);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidType(`${name} must be true or false, got ${describe(value)}.`);
}

export function checkBytes(name: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw invalidType(`${name} must be a Uint8Array, got ${describe(value)}.`);
}

export function checkOneOf<T extends string>(
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (allowed.includes(value as T)) return value as T;
  throw invalidRange(`${name} must be one of ${allowed.join(', ')}, got ${String(value)}.`);
}

/** Names travel in file names: letters, digits, dot, dash and underscore. */
export function checkName(value: unknown): string {
  if (typeof value !== 'string')
    throw invalidType(`name must be a string, got ${describe(value)}.`);
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(value)) {
    throw invalidRange(
      `name must be 1 to 200 letters, digits, dots, dashes or underscores, got '${value}'.`,
    );
  }
  return value;
}
