import { fanout } from '@arena/benchmarks';
import { Flags, type Interfaces } from '@oclif/core';
import { BenchCommand, fileFlags } from '../../bench-command.js';
import { duration } from '../../flags.js';

const {
  configOf,
  defaultConfig,
  defaultSlots,
  experiment,
  presetNames,
  presets,
  transports,
  whenFulls,
} = fanout;

const presetList = presetNames.map((name) => `${name}: ${presets[name].shows}`).join('; ');

export default class BenchFanout extends BenchCommand {
  static override summary = 'Measure many writers and many readers on one ring or pool.';

  static override description =
    'Every writer and every reader is a process of its own. All readers see all records in one order, and check ' +
    'every record. Exits with 1 when a reader missed a record, or read a record twice, in another order or damaged. ' +
    `Other flags override a preset. Presets: ${presetList}.`;

  static override examples = [
    '<%= config.bin %> <%= command.id %> --preset many-readers --plot many-readers.png',
    '<%= config.bin %> <%= command.id %> --readers 5 --slot-bytes 1000 --compare-locked',
    '<%= config.bin %> <%= command.id %> --readers 4 --writes-per-second 100 --when-full overwrite',
  ];

  static override flags = {
    preset: Flags.option({ options: presetNames })({ summary: 'Configuration to start from.' }),
    transport: Flags.option({ options: transports })({
      summary: `The measured arena (default: ${defaultConfig.transport}).`,
    }),
    'when-full': Flags.option({ options: whenFulls })({
      summary:
        'Behaviour of a writer when the slowest reader leaves no room: give up the write, wait, or overwrite the oldest record ' +
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
      summary: `Records in flight (default: ${defaultConfig.slots}; with small records as many as take 10 MB, at most 1000).`,
    }),
    'slot-bytes': Flags.integer({
      min: 1,
      summary: `Bytes of a record (default: ${defaultConfig.slotBytes}).`,
    }),
    'duration-seconds': duration({
      summary: `Duration of the writing (default: ${defaultConfig.durationSeconds}). Also --duration-sec.`,
    }),
    'writes-per-second': Flags.integer({
      min: 0,
      summary: 'Rate of all writers together (default: 0, as fast as possible).',
    }),
    batch: Flags.integer({
      min: 1,
      summary: `Records written and read with one call (default: ${defaultConfig.batch}).`,
    }),
    'reader-burn-cpu-milliseconds': Flags.integer({
      min: 0,
      summary: 'Time for which each reader computes after each record (default: 0).',
    }),
    'reader-copies': Flags.boolean({
      allowNo: true,
      summary: 'Readers copy each record into their own memory. By default they check it in place.',
    }),
    'verify-writes': Flags.boolean({
      allowNo: true,
      aliases: ['verify_writes'],
      summary:
        'Make and check a CRC-32C of every record (default). Without it only sequence and order are checked.',
    }),
    'compare-locked': Flags.boolean({
      summary: 'Repeat the run on a ring that takes a lock for every operation.',
    }),
    debug: Flags.boolean({ summary: 'Print the activity of each process on stderr.' }),
    ...fileFlags({
      output: 'Write what every process did over time as CSV.',
      plot: 'Draw the run over time.',
    }),
  };

  async run(): Promise<fanout.FanoutResult> {
    const { flags } = await this.parse(BenchFanout);
    const plan: fanout.FanoutPlan = {
      config: configFrom(flags),
      compareLocked: flags['compare-locked'],
      debug: flags.debug,
    };
    return this.measure(experiment, plan, flags);
  }
}

/** The defaults. The preset overrides them, and the typed flags override the preset. */
function configFrom(
  flags: Interfaces.InferredFlags<typeof BenchFanout.flags>,
): fanout.FanoutConfig {
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
  } satisfies { [Key in keyof fanout.FanoutConfig]: fanout.FanoutConfig[Key] | undefined };
  const defined = Object.entries(said).filter(([, value]) => value !== undefined);
  const preset = flags.preset === undefined ? {} : configOf(flags.preset);
  const asked: Partial<fanout.FanoutConfig> = { ...preset, ...Object.fromEntries(defined) };
  const slots = defaultSlots(asked.slotBytes ?? defaultConfig.slotBytes);
  return { ...defaultConfig, slots, ...asked };
}
