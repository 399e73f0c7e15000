import { readFile } from 'node:fs/promises';
import { Args, Flags } from '@oclif/core';
import { ArenaCommand, usageError } from '../base-command.js';
import { type CsvRow, fromCsv } from '../bench/csv.js';
import { checkOutputPath, plotFormatOf } from '../bench/output-path.js';

export default class Plot extends ArenaCommand {
  static override summary = 'Draw the result of "arena bench transport".';

  static override description =
    'One line per payload kind and transport over the payload size: colour and marker are the kind, ' +
    'dotted, dashed and solid are no-arena, ring and pool, the band is the 95 % confidence interval.';

  static override examples = ['<%= config.bin %> <%= command.id %> results.csv --output plot.png'];

  static override args = {
    results: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'CSV file that --output of a benchmark wrote.',
    }),
  };

  static override flags = {
    output: Flags.string({
      required: true,
      helpValue: 'plot.png|svg',
      summary: 'Where to draw it.',
    }),
    title: Flags.string({ summary: 'Title of the plot.' }),
    subtitle: Flags.string({ summary: 'Line under it, such as the machine that was measured.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plot);
    try {
      plotFormatOf(flags.output);
      checkOutputPath(flags.output);
    } catch (error) {
      throw usageError(error instanceof Error ? error.message : String(error));
    }
    const rows = await this.#read(args.results);
    const { writePlot } = await import('../bench/draw.js');
    await writePlot(rows, flags.output, { title: flags.title, subtitle: flags.subtitle });
    this.log(`Drew ${rows.length} rows into ${flags.output}.`);
  }

  async #read(path: string): Promise<CsvRow[]> {
    try {
      return fromCsv(await readFile(path, 'utf8'));
    } catch (error) {
      throw new Error(
        `"${path}" cannot be plotted: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
