import { crossover } from '@arena/benchmarks';
import { Flags } from '@oclif/core';
import { BenchCommand, fileFlags } from '../../bench-command.js';
import { bytes, duration } from '../../flags.js';
import { orUsageError } from '../../usage-error.js';

const { defaultConfig, defaultPoints, defaultRange, experiment, logSpaced, metrics, transports } =
  crossover;

interface SizeFlags {
  readonly sizes?: number[] | undefined;
  readonly 'min-size'?: number | undefined;
  readonly 'max-size'?: number | undefined;
  readonly points?: number | undefined;
}

/** The sizes of `--sizes`, or those of the range. */
function sizesFrom({ sizes, points, ...range }: SizeFlags): number[] {
  if (sizes) return [...new Set(sizes)].sort((a, b) => a - b);
  const minBytes = range['min-size'] ?? defaultRange.minBytes;
  const maxBytes = range['max-size'] ?? defaultRange.maxBytes;
  return orUsageError(() =>
    logSpaced({ minBytes, maxBytes, points: points ?? defaultPoints(minBytes, maxBytes) }),
  );
}

export default class BenchCrossover extends BenchCommand {
  static override summary = 'Find the size above which zero-copy is faster than copying.';

  static override description =
    'Sends messages of many sizes from process to process: over arenas with copies and without, and over other transports. ' +
    'Prints messages a second, the time of a send, round trips, and the size above which zero-copy is faster. ' +
    'Exits with 1 when a measurement was not possible, after printing the other measurements.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --output results.csv --plot plot.png',
    '<%= config.bin %> <%= command.id %> --sizes 100 64KiB 1MB --metrics throughput',
    '<%= config.bin %> <%= command.id %> --max-size 32MiB --transports pool zeromq',
  ];

  static override flags = {
    sizes: bytes({
      multiple: true,
      exclusive: ['min-size', 'max-size', 'points'],
      summary: 'Message sizes, such as 100, 64KiB (2^16) or 1MB (10^6).',
    }),
    'min-size': bytes({
      summary:
        'Smallest size (default: 100). The sizes between lie at equal steps on a logarithmic scale.',
    }),
    'max-size': bytes({ summary: 'Largest size (default: 1MB; at most 64MiB).' }),
    points: Flags.integer({
      min: 2,
      max: 1000,
      summary: 'Number of sizes (default: three for each power of ten).',
    }),
    metrics: Flags.option({ multiple: true, options: metrics })({
      default: [...defaultConfig.metrics],
      summary: "The measurements: throughput, the writer's side alone, or round trips.",
    }),
    transports: Flags.option({ multiple: true, options: transports })({
      default: [...defaultConfig.transports],
      summary: 'The transports that carry the messages.',
    }),
    runs: Flags.integer({
      default: defaultConfig.runs,
      min: 1,
      summary: 'Runs, each in fresh processes.',
    }),
    'duration-seconds': duration({
      default: defaultConfig.durationSec,
      summary:
        'Duration of a measurement. The warm-up before it takes as long. Also --duration-sec.',
    }),
    isolate: Flags.boolean({
      summary: 'Start fresh processes for every measurement instead of for every run.',
    }),
    ...fileFlags({
      output: 'Write every run as CSV.',
      plot: 'Draw speed, and the speed-up of zero-copy, over the size.',
    }),
  };

  async run(): Promise<crossover.CrossoverResult> {
    const { flags } = await this.parse(BenchCrossover);
    const config: crossover.CrossoverConfig = {
      sizes: sizesFrom(flags),
      metrics: flags.metrics,
      transports: flags.transports,
      runs: flags.runs,
      durationSec: flags['duration-seconds'],
      isolate: flags.isolate,
    };
    return this.measure(experiment, config, flags);
  }
}
