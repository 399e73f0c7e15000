import { Flags } from '@oclif/core';
import { usageError } from './base-command.js';
import { parseSizeMiB } from './bench/matrix.js';
import { parseBytes } from './crossover/sizes.js';

/** Payload sizes in MiB, space-separated; anything else is wrong usage. */
export const sizesMiB = Flags.custom<number>({
  multiple: true,
  parse: async (input) => {
    try {
      return parseSizeMiB(input);
    } catch (error) {
      throw usageError(error instanceof Error ? error.message : String(error));
    }
  },
});

/** Bytes with their unit, 64KiB or 1MB; anything else is wrong usage. */
export const bytes = Flags.custom<number>({
  helpValue: 'bytes',
  parse: async (input) => {
    try {
      return parseBytes(input);
    } catch (error) {
      throw usageError(error instanceof Error ? error.message : String(error));
    }
  },
});

/** Seconds, 0 or more, fractions welcome. */
export const seconds = Flags.custom<number>({
  parse: async (input) => {
    const value = input.trim() === '' ? Number.NaN : Number(input);
    if (value >= 0 && Number.isFinite(value)) return value;
    throw usageError(`expected a number of seconds, 0 or more, but received: ${input}`);
  },
});
