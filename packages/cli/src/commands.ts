/** The commands by name. A command that measures is loaded only when it may be needed. */
import type { Command } from '@oclif/core';
import Clean from './commands/clean.js';
import Doctor from './commands/doctor.js';
import Inspect from './commands/inspect.js';
import Ls from './commands/ls.js';
import { isMissing, withoutBenchmarks } from './without-benchmarks.js';

/** These work where the benchmarks are not installed. */
const always = { clean: Clean, doctor: Doctor, inspect: Inspect, ls: Ls };

async function measuring(): Promise<Record<string, Command.Class>> {
  try {
    return (await import('./measuring-commands.js')).commands;
  } catch (error) {
    if (isMissing(error)) return withoutBenchmarks;
    throw error;
  }
}

/** The first typed word. All commands are loaded to list them, or to find the nearest right command. */
const asked = process.argv[2] ?? '';

export const commands: Record<string, Command.Class> =
  asked in always || asked === '--version' ? always : { ...always, ...(await measuring()) };
