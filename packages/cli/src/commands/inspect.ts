import type { FailedInspection, Inspection } from '@arena/shm-core/internal';
import { Args, Flags } from '@oclif/core';
import { ArenaCommand } from '../base-command.js';
import { formatInspections } from '../inspect/text.js';

export default class Inspect extends ArenaCommand {
  static override summary =
    'Show which processes of an arena wait, for which processes and how long, and whether they are stuck.';

  static override description =
    `Only reads, and changes nothing. Each arena is read twice. Processes are reported as stuck when they were stuck both times.

With the variable ARENA_DUMP_ON_STALL_MS, for instance 5000, a process prints this report about itself on stderr when one of its calls has waited for that many milliseconds.`;

  static override examples = [
    '<%= config.bin %> <%= command.id %> 1234',
    '<%= config.bin %> <%= command.id %> frames --json',
    '<%= config.bin %> <%= command.id %>',
  ];

  static override enableJsonFlag = true;

  static override args = {
    arena: Args.string({
      description:
        'the id of a process that has the arena open, the name of the arena, or its handle; by default every arena of this user',
    }),
  };

  static override flags = {
    'between-ms': Flags.integer({
      description: 'milliseconds between the two reads of the state',
      default: 300,
      min: 0,
      max: 60_000,
    }),
  };

  async run(): Promise<(Inspection | FailedInspection)[]> {
    const { args, flags } = await this.parse(Inspect);
    const { inspectArenas } = await import('@arena/shm-core/internal');
    const inspections = await inspectArenas(args.arena, flags['between-ms']);
    this.log(formatInspections(inspections, args.arena));
    return inspections;
  }
}
