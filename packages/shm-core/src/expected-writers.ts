/** The number of writers that an arena is created for. */
import { checkInteger } from './arguments.js';

/** More writers than can ever come. */
const anyNumber = 2 ** 32 - 1;

/** The check of `writers`: a number, or `Infinity` when only `arena.end()` ends the stream. */
export const checkWriters = (name: string, value: unknown): number =>
  value === Number.POSITIVE_INFINITY ? value : checkInteger(name, value, 1, 2 ** 31 - 1);

/** The value in the region: 0 when the number is not known. */
export const writersOf = (writers: number | undefined): number => Math.min(writers ?? 0, anyNumber);
