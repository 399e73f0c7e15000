import { type Progress, progressOnStderr, type Step, transport } from '@arena/benchmarks';
import { Flags } from '@oclif/core';
import { BenchCommand, fileFlags } from '../../bench-command.js';
import { duration, gap, sizesMiB } from '../../flags.js';

const { defaultConfig, experiment, kindNames, transports } = transport;
const { pacing, matrix } = defaultConfig;

export default class BenchTransport extends BenchCommand {
  static override summary =
    'Measure how fast items reach another process: by IPC, by ring, by pool.';

  static override description =
    'A producer process sends items with one large payload each. A consumer process receives them and does nothing ' +
    'with them. Prints throughput, its share of the speed at which this machine copies, CPU time and memory. ' +
    'Exits with 1 when a configuration could not run, after printing the other configurations.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --sizes 2 8 32 --output results.csv --plot plot.png',
    '<%= config.bin %> <%= command.id %> --isolate --sizes 32 --num-items 16 --runs 10',
  ];

  static override flags = {
    sizes: sizesMiB({
      default: async () => [...matrix.sizes],
      helpValue: 'MiB',
      summary: 'Payload sizes.',
    }),
    kinds: Flags.option({ multiple: true, options: kindNames })({
      default: [...matrix.kinds],
      summary: 'Payload kinds.',
    }),
    transports: Flags.option({ multiple: true, options: transports })({
      default: [...matrix.transports],
      summary: 'The transports that carry the items.',
    }),
    'num-items': Flags.integer({
      default: pacing.numItems,
      min: 1,
      summary: 'Items in a pass.',
    }),
    'buffer-size': Flags.integer({
      default: pacing.bufferSize,
      min: 1,
      summary: 'Items that the pipeline keeps ready. An arena has room for two more.',
    }),
    runs: Flags.integer({
      default: pacing.runs,
      min: 1,
      summary: 'Number of timed passes. One pass before them warms up.',
    }),
    'duration-seconds': duration({
      default: pacing.durationSec,
      summary: 'Repeat timed passes for this long instead of --runs times. Also --duration-sec.',
    }),
    'gap-seconds': gap({
      default: defaultConfig.gapSec,
      summary: 'Idle time between configurations. Also --gap-sec.',
    }),
    isolate: Flags.boolean({
      summary: 'Run each size, kind and transport in a fresh process.',
    }),
    distinct: Flags.integer({
      default: pacing.distinct,
      min: 1,
      summary: 'Number of different payloads that the producer rotates through.',
    }),
    ...fileFlags({
      output: 'Write the rows as CSV.',
      plot: 'Draw throughput over payload size.',
    }),
  };

  async run(): Promise<transport.TransportResult> {
    const { flags } = await this.parse(BenchTransport);
    const { sizes, kinds, transports, isolate } = flags;
    const durationSec = flags['duration-seconds'];
    const config: transport.TransportConfig = {
      matrix: { sizes, kinds, transports },
      pacing: {
        numItems: flags['num-items'],
        bufferSize: flags['buffer-size'],
        runs: flags.runs,
        durationSec,
        distinct: flags.distinct,
      },
      isolate,
      gapSec: flags['gap-seconds'],
    };
    const progress = durationSec > 0 ? this.#marking(progressOnStderr()) : progressOnStderr();
    return this.measure(experiment, config, flags, progress);
  }

  /** Prints when each configuration ran, for programs that sample the machine during the run. */
  #marking(progress: Progress): Progress {
    const mark = (what: 'begin' | 'end', { name }: Step) =>
      this.log(`### ${what} ${name} ts=${Math.round(Date.now() / 1000)}`);
    return {
      start: (steps) => progress.start(steps),
      begin: (step) => {
        progress.begin(step);
        mark('begin', step);
      },
      advance: (share) => progress.advance(share),
      end: (step) => {
        progress.end(step);
        mark('end', step);
      },
      skip: (what, reason) => progress.skip(what, reason),
      say: (line) => progress.say(line),
      stop: () => progress.stop(),
    };
  }
}
