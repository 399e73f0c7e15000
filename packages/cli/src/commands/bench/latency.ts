import { writeFile } from 'node:fs/promises';
import { Flags } from '@oclif/core';
import { ArenaCommand, usageError } from '../../base-command.js';
import { describeHost, type Host, thisHost } from '../../bench/host.js';
import { checkOutputPath, plotFormatOf } from '../../bench/output-path.js';
import { progressLine } from '../../crossover/progress-line.js';
import { bytes, seconds } from '../../flags.js';
import { calls, latencyTransports, nameOf, placements, type TripRow } from '../../latency/cell.js';
import { formatTrips, tripsToCsv } from '../../latency/report.js';

interface Output {
  readonly host: Host;
  readonly rows: readonly TripRow[];
}

export default class BenchLatency extends ArenaCommand {
  static override summary = 'Measure how long a request and its reply take.';

  static override description =
    'One process sends a message, another echoes it, one at a time: with calls that block and in the event loop, ' +
    'spinning or not, on one core, on two, and on two that are kept awake. Prints percentiles and a histogram. ' +
    'Exits 1 when a measurement could not be made, after printing the others.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --transports pool no-arena --placements two-cores --size 64KiB',
  ];

  static override enableJsonFlag = true;

  static override flags = {
    transports: Flags.option({ multiple: true, options: latencyTransports })({
      default: [...latencyTransports],
      summary: 'Ways to the other process and back.',
    }),
    calls: Flags.option({ multiple: true, options: calls })({
      default: [...calls],
      summary: 'How arenas are called; their peers have async calls only.',
    }),
    spin: Flags.integer({
      multiple: true,
      default: [0, 50],
      min: 0,
      max: 10_000,
      helpValue: 'us',
      summary: 'How long the calls of arenas look before they park, each of these.',
    }),
    placements: Flags.option({ multiple: true, options: placements })({
      default: [...placements],
      summary: 'Where the two processes run.',
    }),
    size: bytes({ default: async () => 100, summary: 'Bytes of request and reply.' }),
    'duration-sec': seconds({
      default: 0.5,
      summary: 'How long a measurement should take, after as long to warm up.',
    }),
    output: Flags.string({ helpValue: 'results.csv', summary: 'Write the rows as CSV.' }),
    plot: Flags.string({
      helpValue: 'plot.png|svg',
      summary: 'Draw which share of the round trips took how long.',
    }),
  };

  async run(): Promise<Output> {
    const { flags } = await this.parse(BenchLatency);
    const { output, plot } = flags;
    this.#checkPaths(output, plot);
    // Loaded here, so that the other commands work where the native code does not load.
    const { runLatencyBenchmark } = await import('../../latency/benchmark.js');
    const rows = await runLatencyBenchmark(
      {
        transports: flags.transports,
        calls: flags.calls,
        spinMicroseconds: [...new Set(flags.spin)],
        placements: flags.placements,
        sizeBytes: flags.size,
        durationSec: flags['duration-sec'],
      },
      progressLine(nameOf),
    );
    const host = thisHost();
    if (rows.length > 0) this.log(`${formatTrips(rows)}\nOn ${describeHost(host)}.`);
    await this.#write(rows, host, output, plot);
    return { host, rows };
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
    rows: readonly TripRow[],
    host: Host,
    output: string | undefined,
    plot: string | undefined,
  ) {
    if (output !== undefined) {
      await writeFile(output, tripsToCsv(rows));
      this.log(`Wrote ${rows.length} rows to ${output}.`);
    }
    if (plot !== undefined && rows.length > 0) {
      const { writeDrawing } = await import('../../bench/draw.js');
      const { latencyPlotSpec } = await import('../../latency/plot.js');
      await writeDrawing(latencyPlotSpec(rows, { subtitle: describeHost(host) }), plot);
      this.log(`Drew ${plot}.`);
    }
  }
}
