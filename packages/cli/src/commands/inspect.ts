import type { FailedInspection, Inspection } from '@arena/shm-core/internal';
import { Args, Flags } from '@oclif/core';
import { ArenaCommand } from '../base-command.js';
import { formatInspections } from '../inspect/text.js';

export default class Inspect extends ArenaCommand {
  static override summary =
    'Show who waits for whom in an arena, since when, and whether anybody is stuck.';

  static override description =
    `Looks from outside and changes nothing. An arena is looked at twice, so that what is called stuck was so both times.

A process shows this of itself, on stderr, when a call of it has waited for so long: set ARENA_DUMP_ON_STALL_MS, for instance to 5000.`;

  static override examples = [
    '<%= config.bin %> <%= command.id %> 1234',
    '<%= config.bin %> <%= command.id %> frames --json',
    '<%= config.bin %> <%= command.id %>',
  ];

  static override enableJsonFlag = true;

  static override args = {
    arena: Args.string({
      description:
        'a process that has it open, its name, or its handle; every arena of this user by default',
    }),
  };

  static override flags = {
    'between-ms': Flags.integer({
      description: 'time between the two looks',
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
