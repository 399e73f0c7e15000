import { readFile } from 'node:fs/promises';
import {
  checkOutputPath,
  plotFormatOf,
  type Recorded,
  readRecorded,
  writeDrawing,
} from '@arena/benchmarks';
import { messageOf } from '@arena/shm-core/internal';
import { Args, Flags } from '@oclif/core';
import { ArenaCommand } from '../base-command.js';
import { orUsageError } from '../usage-error.js';

export default class Plot extends ArenaCommand {
  static override summary =
    'Draw the result of "arena bench transport" or "arena bench crossover", or a history of the performance checks.';

  static override description =
    'For transport it draws one line for each payload kind and transport over the payload size. Colour and marker show ' +
    'the kind. Dotted, dashed and solid lines are no-arena, ring and pool. The band is the 95 % confidence interval. ' +
    'For crossover it draws speed and the speed-up of zero-copy over the size, and prints the size above which zero-copy is faster. ' +
    'For a history (perf-history.csv) it draws every quantity over the commits. The band is the 95 % interval of the median.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> results.csv --output plot.png',
    '<%= config.bin %> <%= command.id %> crossover.json --output plot.svg',
    '<%= config.bin %> <%= command.id %> perf-history.csv --output trend.png',
  ];

  static override args = {
    results: Args.string({
      required: true,
      ignoreStdin: true,
      description:
        'CSV file that --output of a benchmark wrote. For crossover also the output of --json, or a JSON list of {size, copy, throughput, sends}.',
    }),
  };

  static override flags = {
    output: Flags.string({
      required: true,
      helpValue: 'plot.png|svg',
      summary: 'File to draw into.',
    }),
    title: Flags.string({ summary: 'Title of the plot.' }),
    subtitle: Flags.string({ summary: 'Line under the title, for instance the measured machine.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plot);
    const { output, title, subtitle } = flags;
    orUsageError(() => {
      plotFormatOf(output);
      checkOutputPath(output);
    });
    const recorded = await this.#read(args.results);
    const text = recorded.text(this.lineWidth);
    if (text !== '') this.log(text);
    await writeDrawing(recorded.plot({ title, subtitle }), output);
    this.log(`Drew ${recorded.rows} rows into ${output}.`);
  }

  async #read(path: string): Promise<Recorded> {
    try {
      return readRecorded(await readFile(path, 'utf8'));
    } catch (error) {
      throw new Error(`"${path}" cannot be plotted: ${messageOf(error)}`);
    }
  }
}
