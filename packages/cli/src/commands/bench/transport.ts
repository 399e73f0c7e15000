import { writeFile } from 'node:fs/promises';
import { Flags } from '@oclif/core';
import { ArenaCommand, usageError } from '../../base-command.js';
import { type Cell, nameOf, type Pacing, transports as transportNames } from '../../bench/cell.js';
import { toCsv } from '../../bench/csv.js';
import { describeHost, type Host, thisHost } from '../../bench/host.js';
import { kindNames } from '../../bench/kinds.js';
import { checkMemory } from '../../bench/matrix.js';
import { checkOutputPath, plotFormatOf } from '../../bench/output-path.js';
import { progressFor } from '../../bench/progress.js';
import { formatTable } from '../../bench/table.js';
import type { Observer, TransportResult } from '../../bench/transport-benchmark.js';
import { seconds, sizesMiB } from '../../flags.js';

interface Output extends Pick<TransportResult, 'limit' | 'rows'> {
  readonly host: Host;
}

export default class BenchTransport extends ArenaCommand {
  static override summary =
    'Measure how fast items reach another process: without an arena, by ring, by pool.';

  static override description =
    'A producer process sends items with one large payload each, a consumer process receives them and does nothing ' +
    'with them. Prints throughput, its share of what this machine can copy, CPU time and memory. ' +
    'Exits 1 when a configuration could not run, after printing the others.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --sizes 2 8 32 --output results.csv --plot plot.png',
    '<%= config.bin %> <%= command.id %> --isolate --sizes 32 --num-items 16 --runs 10',
  ];

  static override enableJsonFlag = true;

  static override flags = {
    sizes: sizesMiB({
      default: async () => [2, 8, 32],
      helpValue: 'MiB',
      summary: 'Payload sizes.',
    }),
    kinds: Flags.option({ multiple: true, options: kindNames })({
      default: kindNames,
      summary: 'Payload kinds.',
    }),
    transports: Flags.option({ multiple: true, options: transportNames })({
      default: [...transportNames],
      summary: 'Ways to the other process.',
    }),
    'num-items': Flags.integer({ default: 300, min: 1, summary: 'Items in a pass.' }),
    'buffer-size': Flags.integer({
      default: 3,
      min: 1,
      summary: 'Items that the pipeline holds ready; an arena has room for two more.',
    }),
    runs: Flags.integer({ default: 3, min: 1, summary: 'Timed passes, after one that warms up.' }),
    'duration-sec': seconds({
      default: 0,
      summary: 'Repeat timed passes for this long instead of --runs times.',
    }),
    'gap-sec': seconds({ default: 0, summary: 'Idle time between configurations.' }),
    isolate: Flags.boolean({
      summary: 'Run each size, kind and transport in a fresh process of its own.',
    }),
    distinct: Flags.integer({
      default: 4,
      min: 1,
      summary: 'Different payloads to rotate through.',
    }),
    output: Flags.string({ helpValue: 'results.csv', summary: 'Write the rows as CSV.' }),
    plot: Flags.string({
      helpValue: 'plot.png|svg',
      summary: 'Draw throughput over payload size.',
    }),
  };

  async run(): Promise<Output> {
    const { flags } = await this.parse(BenchTransport);
    const pacing: Pacing = {
      numItems: flags['num-items'],
      bufferSize: flags['buffer-size'],
      runs: flags.runs,
      durationSec: flags['duration-sec'],
      distinct: flags.distinct,
    };
    this.#check(pacing, flags);
    const { isolate, sizes, kinds, transports } = flags;
    const benchmark = {
      matrix: { sizes, kinds, transports },
      pacing,
      isolate,
      gapSec: flags['gap-sec'],
    };
    // Loaded here, so that the other commands work where the native code does not load.
    const { runTransportBenchmark } = await import('../../bench/transport-benchmark.js');
    const result = await runTransportBenchmark(benchmark, this.#observer(pacing));
    const host = thisHost();
    if (result.rows.length > 0)
      this.log(`${formatTable(result.rows, { isolated: isolate })}\nOn ${describeHost(host)}.`);
    await this.#write(result, host, flags);
    if (result.skipped > 0) process.exitCode = 1;
    return { host, limit: result.limit, rows: result.rows };
  }

  #check(
    pacing: Pacing,
    {
      sizes,
      output,
      plot,
    }: { sizes: readonly number[]; output?: string | undefined; plot?: string | undefined },
  ) {
    try {
      for (const sizeMiB of sizes) checkMemory(sizeMiB, pacing);
      for (const path of [output, plot]) if (path !== undefined) checkOutputPath(path);
      if (plot !== undefined) plotFormatOf(plot);
    } catch (error) {
      throw usageError(error instanceof Error ? error.message : String(error));
    }
  }

  /** Progress, reasons for skipping, and, for samplers outside, when each configuration ran. */
  #observer(pacing: Pacing): Observer {
    const progress = progressFor(pacing);
    const mark = (what: 'begin' | 'end', cell: Cell) => {
      if (pacing.durationSec > 0)
        this.log(`### ${what} ${nameOf(cell)} ts=${Math.round(Date.now() / 1000)}`);
    };
    return {
      start: (cells) => progress.start(cells),
      begin: (cell) => {
        progress.begin(cell);
        mark('begin', cell);
      },
      pass: (done, passes) => progress.pass(done, passes),
      end: (cell) => {
        progress.end(cell);
        mark('end', cell);
      },
      stop: () => progress.stop(),
      skip: (cell, reason) => {
        // Over the progress bar, which is drawn again below.
        const clearLine = process.stderr.isTTY ? '\r\u001b[K' : '';
        process.stderr.write(`${clearLine}skipped ${nameOf(cell)}: ${reason}\n`);
      },
    };
  }

  async #write(
    result: TransportResult,
    host: Host,
    flags: { output?: string | undefined; plot?: string | undefined },
  ) {
    if (flags.output !== undefined) {
      await writeFile(flags.output, toCsv(result.rows));
      this.log(`Wrote ${result.rows.length} rows to ${flags.output}.`);
    }
    if (flags.plot !== undefined && result.rows.length > 0) {
      const { writePlot } = await import('../../bench/draw.js');
      await writePlot(result.rows, flags.plot, { subtitle: describeHost(host) });
      this.log(`Drew ${flags.plot}.`);
    }
  }
}
