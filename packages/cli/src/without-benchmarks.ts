/** Replacements of the commands that measure, for when the package @arena/benchmarks is not installed. */
import type { Command } from '@oclif/core';
import { ArenaCommand } from './base-command.js';

const ids = ['bench:crossover', 'bench:fanout', 'bench:latency', 'bench:transport', 'plot'];

/** Whether loading failed because the package is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes("'@arena/benchmarks'");

class NotInstalled extends ArenaCommand {
  static override summary = 'Not installed: needs the package @arena/benchmarks.';

  static override strict = false;

  async run(): Promise<never> {
    throw new Error(
      `"arena ${this.id?.replaceAll(':', ' ')}" needs the package @arena/benchmarks, which is not installed. ` +
        'Install it with: npm install @arena/benchmarks',
    );
  }
}

// Each command needs a class of its own, because oclif writes the name of the command into the class.
export const withoutBenchmarks: Record<string, Command.Class> = Object.fromEntries(
  ids.map((id) => [id, class extends NotInstalled {}]),
);
