/** Checks the arguments of public calls, with the same messages in every package. */
import { maxViewBytes } from './array-buffers.js';
import { invalidRange, invalidType } from './errors.js';
import { isDetached } from './native.js';

/** Returns `value`, or throws when the argument `name` does not take it. */
export type Check = (name: string, value: unknown) => unknown;

const longestQuote = 40;

/** A value as error messages name it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > longestQuote ? `'${value.slice(0, longestQuote)}...'` : `'${value}'`;
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  const { name } = value.constructor ?? {};
  return typeof name === 'string' && name !== 'Object' ? `an instance of ${name}` : 'an object';
}

/** Checks that `value` is a whole number of at least `minimum`, and returns it. */
export function checkInteger(
  name: string,
  value: unknown,
  minimum: number,
  maximum = 2 ** 46,
): number {
  checkNumber(name, value);
  if (!Number.isInteger(value) || (value as number) < minimum || (value as number) > maximum) {
    throw invalidRange(
      `${name} must be a whole number from ${minimum} to ${maximum}, got ${value}.`,
    );
  }
  return value as number;
}

/** The check of an option that takes a whole number. */
export const integer =
  (minimum: number, maximum?: number): Check =>
  (name, value) =>
    checkInteger(name, value, minimum, maximum);

export function checkNumber(name: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw invalidType(`${name} must be a number, got ${describe(value)}.`);
}

/** Checks a time in milliseconds, fractions included. */
export function checkMilliseconds(name: string, value: unknown): number {
  const milliseconds = checkNumber(name, value);
  if (milliseconds >= 0) return milliseconds;
  throw invalidRange(`${name} must be 0 or more milliseconds, got ${milliseconds}.`);
}

/** Checks the size of the largest unit, because this process must view it in one piece. */
export function checkViewable(name: string, value: unknown): number {
  const bytes = checkInteger(name, value, 1);
  if (bytes <= maxViewBytes) return bytes;
  throw invalidRange(
    `${name} must be at most ${maxViewBytes} bytes, the longest view of Node.js ${process.version}, got ${bytes}. Use smaller units, or Node.js 22 or later.`,
  );
}

/** Checks a threshold in bytes. `Infinity` means never. */
export function checkThreshold(name: string, value: unknown): number {
  const bytes = checkNumber(name, value);
  if (bytes >= 0) return bytes;
  throw invalidRange(`${name} must be 0 or more bytes, got ${bytes}.`);
}

/** Node's timers fire at once for a longer delay (24.8 days). */
const longestTimerMs = 2 ** 31 - 1;

/** The wait for a checked `timeoutMs`. -1, which means for ever, when it is absent or longer than any timer. */
export const waitOf = (timeoutMs: number | undefined): number =>
  timeoutMs === undefined || timeoutMs > longestTimerMs ? -1 : timeoutMs;

export function checkSignal(name: string, value: unknown): AbortSignal {
  if (value instanceof AbortSignal) return value;
  throw invalidType(`${name} must be an AbortSignal, got ${describe(value)}.`);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidType(`${name} must be true or false, got ${describe(value)}.`);
}

export function checkString(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalidType(`${name} must be a string, got ${describe(value)}.`);
}

export function checkFunction(name: string, value: unknown): (...args: never[]) => unknown {
  if (typeof value === 'function') return value as (...args: never[]) => unknown;
  throw invalidType(`${name} must be a function, got ${describe(value)}.`);
}

export function checkBytes(name: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) {
    if (value.byteLength > 0 || !isDetached(value.buffer)) return value;
    throw invalidRange(
      `${name} must have bytes: the buffer of this array was transferred away. Pass a copy, or transfer it later.`,
    );
  }
  throw invalidType(`${name} must be a Uint8Array, got ${describe(value)}.`);
}

export function checkOneOf<T extends string>(
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (allowed.includes(value as T)) return value as T;
  const names = allowed.map((one) => `'${one}'`).join(', ');
  throw invalidRange(`${name} must be one of ${names}, got ${describe(value)}.`);
}

/** The check of an option whose value is one of some strings. */
export const oneOf =
  (allowed: readonly string[]): Check =>
  (name, value) =>
    checkOneOf(name, value, allowed);

/** Checks the name of an arena, which becomes part of a file name. */
export function checkName(name: string, value: unknown): string {
  const text = checkString(name, value);
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(text)) return text;
  throw invalidRange(
    `${name} must be 1 to 200 letters, digits, dots, dashes or underscores, got ${describe(text)}.`,
  );
}
