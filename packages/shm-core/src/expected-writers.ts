/** How many writers an arena is created for. */
import { checkInteger } from './arguments.js';

/** More than can ever come. */
const anyNumber = 2 ** 32 - 1;

/** The check of `writers`: a number, or `Infinity` where the stream ends by `arena.end()` alone. */
export const checkWriters = (name: string, value: unknown): number =>
  value === Number.POSITIVE_INFINITY ? value : checkInteger(name, value, 1, 2 ** 31 - 1);

/** As the region holds it: 0 for a number that was not said. */
export const writersOf = (writers: number | undefined): number => Math.min(writers ?? 0, anyNumber);
