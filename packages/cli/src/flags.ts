import { parseBytes, transport } from '@arena/benchmarks';
import { Flags } from '@oclif/core';
import { orUsageError, usageError } from './usage-error.js';

/** Payload sizes in MiB, space-separated; anything else is wrong usage. */
export const sizesMiB = Flags.custom<number>({
  multiple: true,
  parse: async (input) => orUsageError(() => transport.parseSizeMiB(input)),
});

/** Bytes with their unit, 64KiB or 1MB; anything else is wrong usage. */
export const bytes = Flags.custom<number>({
  helpValue: 'bytes',
  parse: async (input) => orUsageError(() => parseBytes(input)),
});

async function parseSeconds(input: string): Promise<number> {
  const value = input.trim() === '' ? Number.NaN : Number(input);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw usageError(`expected a number of seconds, 0 or more, but received: ${input}`);
}

/** For --duration-seconds, in seconds from 0 on. Every benchmark takes --duration-sec as well. */
export const duration = Flags.custom<number>({
  helpValue: 'seconds',
  aliases: ['duration-sec'],
  parse: parseSeconds,
});

/** For --gap-seconds, in seconds from 0 on, with the spelling --gap-sec. */
export const gap = Flags.custom<number>({
  helpValue: 'seconds',
  aliases: ['gap-sec'],
  parse: parseSeconds,
});
