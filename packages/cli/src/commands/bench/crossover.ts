import { writeFile } from 'node:fs/promises';
import { Flags } from '@oclif/core';
import { ArenaCommand, usageError } from '../../base-command.js';
import { describeHost, type Host, thisHost } from '../../bench/host.js';
import { checkOutputPath, plotFormatOf } from '../../bench/output-path.js';
import { pinningMissing, twoCores } from '../../crossover/placement.js';
import { progressLine } from '../../crossover/progress-line.js';
import { formatComparisons, formatRows, largeSizeNote } from '../../crossover/report.js';
import {
  compare,
  crossingsByMetric,
  type Row,
  recommendThreshold,
  rowsOf,
  type Sample,
} from '../../crossover/rows.js';
import { samplesToCsv } from '../../crossover/sample-files.js';
import { metrics, transports } from '../../crossover/series.js';
import { defaultPoints, logSpaced } from '../../crossover/sizes.js';
import { bytes, seconds } from '../../flags.js';

/** From this size on the note about fresh pages is printed. */
const largeBytes = 2 ** 25;

interface Output {
  readonly host: Host;
  readonly rows: readonly Row[];
  readonly crossoverBytes: ReturnType<typeof crossingsByMetric>;
  readonly recommendedCopyThreshold: number | null;
}

export default class BenchCrossover extends ArenaCommand {
  static override summary = 'Find the size from which on zero-copy is faster than copying.';

  static override description =
    'Sends messages of many sizes from process to process: with copies and without, and through what else there is. ' +
    'Prints messages a second, the cost of a send, round trips, and where zero-copy starts to pay. ' +
    'Exits 1 when a measurement could not be made, after printing the others.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --output results.csv --plot plot.png',
    '<%= config.bin %> <%= command.id %> --sizes 100 64KiB 1MB --metrics throughput',
    '<%= config.bin %> <%= command.id %> --max-size 32MiB --transports pool zeromq',
  ];

  static override enableJsonFlag = true;

  static override flags = {
    sizes: bytes({
      multiple: true,
      exclusive: ['min-size', 'max-size', 'points'],
      summary: 'Message sizes, exactly: 100, 64KiB (2^16), 1MB (10^6).',
    }),
    'min-size': bytes({ summary: 'Smallest of sizes at equal steps of their logarithm; 100.' }),
    'max-size': bytes({ summary: 'Largest of them; 1MB. At most 64MiB.' }),
    points: Flags.integer({
      min: 2,
      max: 1000,
      summary: 'How many sizes; three to a power of ten by default.',
    }),
    metrics: Flags.option({ multiple: true, options: metrics })({
      default: [...metrics],
      summary: "Throughput from first to last receipt, the writer's side alone, and round trips.",
    }),
    transports: Flags.option({ multiple: true, options: transports })({
      default: [...transports],
      summary: 'Ways to the other process.',
    }),
    runs: Flags.integer({ default: 3, min: 1, summary: 'Runs, each in fresh processes.' }),
    'duration-sec': seconds({
      default: 0.2,
      summary: 'How long a measurement should take, after as long to warm up.',
    }),
    isolate: Flags.boolean({ summary: 'Fresh processes for every measurement of a run, too.' }),
    output: Flags.string({ helpValue: 'results.csv', summary: 'Write every run as CSV.' }),
    plot: Flags.string({
      helpValue: 'plot.png|svg',
      summary: 'Draw speed, and the speed-up of zero-copy, over the size.',
    }),
  };

  async run(): Promise<Output> {
    const { flags } = await this.parse(BenchCrossover);
    const { metrics, transports, runs, isolate, output, plot } = flags;
    const sizes = this.#sizes(flags);
    this.#checkPaths(output, plot);
    // Loaded here, so that the other commands work where the native code does not load.
    const { nameOf, runCrossoverBenchmark } = await import('../../crossover/benchmark.js');
    const tripCpus = pinningMissing() === undefined ? twoCores() : undefined;
    const samples = await runCrossoverBenchmark(
      { sizes, metrics, transports, runs, isolate, tripCpus, durationSec: flags['duration-sec'] },
      progressLine(nameOf),
    );
    const host = thisHost();
    const comparisons = compare(samples);
    const threshold = recommendThreshold(comparisons);
    const rows = rowsOf(samples);
    if (samples.length > 0) {
      this.log(
        `${formatRows(rows, samples, tripCpus)}\n\n${formatComparisons(comparisons, threshold)}`,
      );
      if (Math.max(...sizes) >= largeBytes) this.log(`\n${largeSizeNote}`);
      this.log(`\nOn ${describeHost(host)}.`);
    }
    await this.#write(samples, host, output, plot);
    return {
      host,
      rows,
      crossoverBytes: crossingsByMetric(comparisons),
      recommendedCopyThreshold: threshold,
    };
  }

  #sizes(flags: {
    sizes?: number[] | undefined;
    'min-size'?: number | undefined;
    'max-size'?: number | undefined;
    points?: number | undefined;
  }): number[] {
    if (flags.sizes) return [...new Set(flags.sizes)].sort((a, b) => a - b);
    const [minBytes, maxBytes] = [flags['min-size'] ?? 100, flags['max-size'] ?? 1e6];
    const points = flags.points ?? defaultPoints(minBytes, maxBytes);
    try {
      return logSpaced({ minBytes, maxBytes, points });
    } catch (error) {
      throw usageError(error instanceof Error ? error.message : String(error));
    }
  }

  #checkPaths(output: string | undefined, plot: string | undefined) {
    try {
      for (const path of [output, plot]) if (path !== undefined) checkOutputPath(path);
      if (plot !== undefined) plotFormatOf(plot);
    } catch (error) {
      throw usageError(error instanceof Error ? error.message : String(error));
    }
  }

  async #write(
    samples: readonly Sample[],
    host: Host,
    output: string | undefined,
    plot: string | undefined,
  ) {
    if (output !== undefined) {
      await writeFile(output, samplesToCsv(samples));
      this.log(`Wrote ${samples.length} rows to ${output}.`);
    }
    if (plot !== undefined && samples.length > 0) {
      const { writeDrawing } = await import('../../bench/draw.js');
      const { crossoverPlotSpec } = await import('../../crossover/plot.js');
      await writeDrawing(crossoverPlotSpec(samples, { subtitle: describeHost(host) }), plot);
      this.log(`Drew ${plot}.`);
    }
  }
}
