import { writeFile } from 'node:fs/promises';
import { Flags, type Interfaces } from '@oclif/core';
import { ArenaCommand, usageError } from '../../base-command.js';
import { describeHost } from '../../bench/host.js';
import { checkOutputPath, plotFormatOf } from '../../bench/output-path.js';
// Types and plain data alone: what loads native code is loaded by run().
import {
  defaultConfig,
  defaultSlots,
  type FanoutConfig,
  fanoutTransports,
  whenFulls,
} from '../../fanout/config.js';
import { interruptibly } from '../../fanout/interruption.js';
import { configOf, presetNames, presets } from '../../fanout/presets.js';
import type { FanoutResult } from '../../fanout/result.js';
import type { FanoutRun } from '../../fanout/run-fanout.js';
import { seconds } from '../../flags.js';

const presetList = presetNames.map((name) => `${name}: ${presets[name].shows}`).join('; ');

export default class BenchFanout extends ArenaCommand {
  static override summary = 'Measure many writers and many readers on one ring or pool.';

  static override description =
    'Every writer and every reader is a process of its own; all readers see all records in one order, and check ' +
    'every one of them. Exits 1 when a reader missed, repeated, reordered or damaged one. ' +
    `Presets, which other flags override: ${presetList}.`;

  static override examples = [
    '<%= config.bin %> <%= command.id %> --preset many-readers --plot many-readers.png',
    '<%= config.bin %> <%= command.id %> --readers 5 --slot-bytes 1000 --compare-locked',
    '<%= config.bin %> <%= command.id %> --readers 4 --reader-burn-cpu-milliseconds 100 --when-full overwrite',
  ];

  static override enableJsonFlag = true;

  static override flags = {
    preset: Flags.option({ options: presetNames })({ summary: 'Configuration to start from.' }),
    transport: Flags.option({ options: fanoutTransports })({
      summary: `What is measured (default: ${defaultConfig.transport}).`,
    }),
    'when-full': Flags.option({ options: whenFulls })({
      summary:
        'What a writer does when the slowest reader leaves no room: give the write up, wait, or overwrite the oldest ' +
        `(default: ${defaultConfig.whenFull}; throw in presets).`,
    }),
    readers: Flags.integer({
      min: 1,
      summary: `Reader processes (default: ${defaultConfig.readers}).`,
    }),
    writers: Flags.integer({
      min: 1,
      summary: `Writer processes (default: ${defaultConfig.writers}).`,
    }),
    slots: Flags.integer({
      min: 2,
      summary: `Records in flight (default: ${defaultConfig.slots}; of small records as many as take 10 MB, at most 1000).`,
    }),
    'slot-bytes': Flags.integer({
      min: 1,
      summary: `Bytes of a record (default: ${defaultConfig.slotBytes}).`,
    }),
    'duration-seconds': seconds({
      summary: `How long is written (default: ${defaultConfig.durationSeconds}).`,
    }),
    'writes-per-second': Flags.integer({
      min: 0,
      summary: 'Rate that all writers together aim at; 0, the default, is as fast as it goes.',
    }),
    batch: Flags.integer({
      min: 1,
      summary: `Records written and read with one call (default: ${defaultConfig.batch}).`,
    }),
    'reader-burn-cpu-milliseconds': Flags.integer({
      min: 0,
      summary: 'What each reader computes after each record (default: 0).',
    }),
    'reader-copies': Flags.boolean({
      allowNo: true,
      summary: 'Readers copy each record into their own memory, instead of looking at it in place.',
    }),
    'verify-writes': Flags.boolean({
      allowNo: true,
      aliases: ['verify_writes'],
      summary:
        'Make and check a CRC-32C of every record (default); without, sequence and order alone.',
    }),
    'compare-locked': Flags.boolean({
      summary: 'Run the same on a ring that takes a lock for every operation, too.',
    }),
    debug: Flags.boolean({ summary: 'Tell on stderr what each process does, as it does it.' }),
    output: Flags.string({
      helpValue: 'results.csv',
      summary: 'Write every process over time as CSV.',
    }),
    plot: Flags.string({ helpValue: 'plot.png|svg', summary: 'Draw the run over time.' }),
  };

  async run(): Promise<FanoutResult> {
    const { flags } = await this.parse(BenchFanout);
    const { debug, output, plot, 'compare-locked': compareLocked } = flags;
    const config = configFrom(flags);
    // Loaded here, so that the other commands work where the native code does not load.
    const { checkConfig } = await import('../../fanout/check-config.js');
    const { measureFanout } = await import('../../fanout/measure.js');
    orUsageError(() => {
      checkConfig(config, compareLocked);
      for (const path of [output, plot]) if (path !== undefined) checkOutputPath(path);
      if (plot !== undefined) plotFormatOf(plot);
    });
    const { run, result, problems } = await interruptibly((signal) =>
      measureFanout(config, { compareLocked, debug, signal }),
    );
    await this.#show(run, result);
    await this.#write(run, result, { output, plot });
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
    return result;
  }

  async #show(run: FanoutRun, result: FanoutResult) {
    const { formatFanout } = await import('../../fanout/table.js');
    this.log(`${formatFanout(run, result)}\nOn ${describeHost(result.host)}.`);
  }

  async #write(
    run: FanoutRun,
    result: FanoutResult,
    { output, plot }: { output: string | undefined; plot: string | undefined },
  ) {
    if (output === undefined && plot === undefined) return;
    const { intervalsOf, timelineOf } = await import('../../fanout/timeline.js');
    const rows = timelineOf(run, intervalsOf(run));
    if (output !== undefined) {
      const { timelineToCsv } = await import('../../fanout/csv.js');
      await writeFile(output, timelineToCsv(rows));
      this.log(`Wrote ${rows.length} rows to ${output}.`);
    }
    if (plot !== undefined) {
      const { writeDrawing } = await import('../../bench/draw.js');
      const { fanoutPlotSpec } = await import('../../fanout/plot.js');
      await writeDrawing(fanoutPlotSpec(rows, result), plot);
      this.log(`Drew ${plot}.`);
    }
  }
}

/** The defaults, overridden by the preset, overridden by what was said. */
function configFrom(flags: Interfaces.InferredFlags<typeof BenchFanout.flags>): FanoutConfig {
  const said = {
    transport: flags.transport,
    whenFull: flags['when-full'],
    readers: flags.readers,
    writers: flags.writers,
    slots: flags.slots,
    slotBytes: flags['slot-bytes'],
    durationSeconds: flags['duration-seconds'],
    writesPerSecond: flags['writes-per-second'],
    batch: flags.batch,
    readerBurnCpuMilliseconds: flags['reader-burn-cpu-milliseconds'],
    readerCopies: flags['reader-copies'],
    verifyWrites: flags['verify-writes'],
  } satisfies { [Key in keyof FanoutConfig]: FanoutConfig[Key] | undefined };
  const defined = Object.entries(said).filter(([, value]) => value !== undefined);
  const preset = flags.preset === undefined ? {} : configOf(flags.preset);
  const asked: Partial<FanoutConfig> = { ...preset, ...Object.fromEntries(defined) };
  const slots = defaultSlots(asked.slotBytes ?? defaultConfig.slotBytes);
  return { ...defaultConfig, slots, ...asked };
}

function orUsageError(check: () => void) {
  try {
    check();
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}
