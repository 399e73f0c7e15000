import { readFile } from 'node:fs/promises';
import { Args, Flags } from '@oclif/core';
import { ArenaCommand, usageError } from '../base-command.js';
import { type CsvRow, fromCsv } from '../bench/csv.js';
import { checkOutputPath, plotFormatOf } from '../bench/output-path.js';
import { formatComparisons } from '../crossover/report.js';
import { compare, recommendThreshold, type Sample } from '../crossover/rows.js';
import { samplesIn } from '../crossover/sample-files.js';

export default class Plot extends ArenaCommand {
  static override summary =
    'Draw the result of "arena bench transport" or "arena bench crossover".';

  static override description =
    'Of transport one line per payload kind and transport over the payload size: colour and marker are the kind, ' +
    'dotted, dashed and solid are no-arena, ring and pool, the band is the 95 % confidence interval. ' +
    'Of crossover speed over the size, and the speed-up of zero-copy; prints where zero-copy starts to pay.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> results.csv --output plot.png',
    '<%= config.bin %> <%= command.id %> crossover.json --output plot.svg',
  ];

  static override args = {
    results: Args.string({
      required: true,
      ignoreStdin: true,
      description:
        'CSV file that --output of a benchmark wrote; of crossover also what --json printed, or a list of {size, copy, throughput, sends}.',
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
    const text = { title: flags.title, subtitle: flags.subtitle };
    const { rows, samples } = await this.#read(args.results);
    const { writeDrawing, writePlot } = await import('../bench/draw.js');
    if (samples) {
      const comparisons = compare(samples);
      this.log(formatComparisons(comparisons, recommendThreshold(comparisons)));
      const { crossoverPlotSpec } = await import('../crossover/plot.js');
      await writeDrawing(crossoverPlotSpec(samples, text), flags.output);
    } else {
      await writePlot(rows, flags.output, text);
    }
    this.log(`Drew ${(samples ?? rows).length} rows into ${flags.output}.`);
  }

  async #read(path: string): Promise<{ rows: CsvRow[]; samples?: Sample[] }> {
    try {
      const text = await readFile(path, 'utf8');
      const samples = samplesIn(text);
      return samples ? { rows: [], samples } : { rows: fromCsv(text) };
    } catch (error) {
      throw new Error(
        `"${path}" cannot be plotted: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
