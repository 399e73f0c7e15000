import { latency } from '@arena/benchmarks';
import { Flags } from '@oclif/core';
import { BenchCommand, fileFlags } from '../../bench-command.js';
import { bytes, duration } from '../../flags.js';

const { calls, defaultConfig, experiment, placements, transports } = latency;

export default class BenchLatency extends BenchCommand {
  static override summary = 'Measure the time of a request and its reply.';

  static override description =
    'One process sends a message and another echoes it, one message at a time: with calls that block and in the event ' +
    'loop, with and without spinning, on one core, on two cores, and on two cores that are kept awake. Prints percentiles and ' +
    'a histogram. ' +
    'Exits with 1 when a measurement was not possible, after printing the other measurements.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --transports pool no-arena --size 64KiB',
  ];

  static override flags = {
    transports: Flags.option({ multiple: true, options: transports })({
      default: [...defaultConfig.transports],
      summary: 'The transports that carry the messages.',
    }),
    calls: Flags.option({ multiple: true, options: calls })({
      default: [...defaultConfig.calls],
      summary: 'Kinds of calls on arenas. The other transports have async calls only.',
    }),
    spin: Flags.integer({
      multiple: true,
      default: [...defaultConfig.spinMicroseconds],
      min: 0,
      max: 10_000,
      helpValue: 'us',
      summary: 'Time for which calls on arenas spin before they sleep. Each value is measured.',
    }),
    placements: Flags.option({ multiple: true, options: placements })({
      default: [...defaultConfig.placements],
      summary: 'CPUs of the two processes. A core that is kept awake never sleeps.',
    }),
    size: bytes({
      default: async () => defaultConfig.sizeBytes,
      summary: 'Bytes of the request and of the reply.',
    }),
    'duration-seconds': duration({
      default: defaultConfig.durationSec,
      summary:
        'Duration of a measurement. The warm-up before it takes as long. Also --duration-sec.',
    }),
    ...fileFlags({
      output: 'Write the rows as CSV.',
      plot: 'Draw the share of the round trips over the time that they took at most.',
    }),
  };

  async run(): Promise<latency.LatencyResult> {
    const { flags } = await this.parse(BenchLatency);
    const config: latency.LatencyConfig = {
      transports: flags.transports,
      calls: flags.calls,
      spinMicroseconds: flags.spin,
      placements: flags.placements,
      sizeBytes: flags.size,
      durationSec: flags['duration-seconds'],
    };
    return this.measure(experiment, config, flags);
  }
}
