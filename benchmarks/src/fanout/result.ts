/** The result of the fan-out benchmark. */
import type { Outcome } from '../kit/experiment.js';
import type { Host } from '../kit/host.js';
import type { FanoutConfig } from './config.js';
import type { DoneMember } from './crew.js';
import { judge } from './judge.js';

/** One run of one subject. */
export interface FanoutRun {
  readonly config: FanoutConfig;
  readonly writers: readonly DoneMember[];
  readonly readers: readonly DoneMember[];
}

export interface FanoutOutcome extends Outcome {
  readonly run: FanoutRun;
  /** The same run on the ring with a lock, with `--compare-locked`. */
  readonly locked: FanoutRun | undefined;
}

export interface WriterResult {
  readonly pid: number;
  readonly written: number;
  /** How often the ring was full and the writer waited for room. */
  readonly waits: number;
  /** Writes that were given up because the ring was full. */
  readonly full: number;
  readonly cpuSeconds: number;
}

export interface ReaderResult {
  readonly pid: number;
  readonly read: number;
  /** Records that this reader lost to overwriting writers, as it was told. */
  readonly lost: number;
  /** Largest number of records that it was behind. */
  readonly maxLag: number;
  readonly cpuSeconds: number;
}

/** The output of `--json`; MB are 10^6 bytes. */
export interface FanoutResult {
  readonly host: Host;
  readonly config: FanoutConfig;
  readonly writesPerSecond: number;
  readonly targetWritesPerSecond: number;
  readonly mbPerSecondIn: number;
  /** Over all readers. */
  readonly mbPerSecondOut: number;
  /** The same of the ring with a lock; `null` where it was not asked for. */
  readonly lockedMbPerSecondOut: number | null;
  readonly writers: readonly WriterResult[];
  readonly readers: readonly ReaderResult[];
  /** How the records of every reader were checked; false when a check failed. */
  readonly verified: 'full' | 'sequence' | false;
}

/** A process that ended early counts for the whole run. */
const secondsOf = ({ report }: DoneMember, { durationSeconds }: FanoutConfig) =>
  Math.max(durationSeconds, report.last.atMs / 1000);

const recordsPerSecond = (members: readonly DoneMember[], config: FanoutConfig) =>
  members.reduce((sum, one) => sum + one.report.last.records / secondsOf(one, config), 0);

const mbPerSecond = (members: readonly DoneMember[], config: FanoutConfig) =>
  (recordsPerSecond(members, config) * config.slotBytes) / 1e6;

const writerResult = ({ pid, report: { last } }: DoneMember): WriterResult => ({
  pid,
  written: last.records,
  waits: last.waits,
  full: last.full,
  cpuSeconds: last.cpuSeconds,
});

const readerResult = ({ pid, report: { last, maxLag } }: DoneMember): ReaderResult => ({
  pid,
  read: last.records,
  lost: last.lost,
  maxLag,
  cpuSeconds: last.cpuSeconds,
});

/** Descriptions of a run's faults; empty when every reader saw the written records. */
export function problemsOf({ config, writers, readers }: FanoutRun): string[] {
  const written = writers.map(({ report }) => report.last.records);
  const judged = readers.flatMap(({ pid, report: { last, stream } }) =>
    stream ? [{ pid, lost: last.lost, stream }] : [],
  );
  return judge(judged, written, config.whenFull === 'overwrite');
}

/** A run as `--json` prints it, with the locked ring's speed where there is one. */
export function resultOf({
  host,
  run,
  locked,
}: Pick<FanoutOutcome, 'host' | 'run' | 'locked'>): FanoutResult {
  const { config, writers, readers } = run;
  const right = [run, ...(locked ? [locked] : [])].every((one) => problemsOf(one).length === 0);
  return {
    host,
    config,
    writesPerSecond: recordsPerSecond(writers, config),
    targetWritesPerSecond: config.writesPerSecond,
    mbPerSecondIn: mbPerSecond(writers, config),
    mbPerSecondOut: mbPerSecond(readers, config),
    lockedMbPerSecondOut: locked ? mbPerSecond(locked.readers, config) : null,
    writers: writers.map(writerResult),
    readers: readers.map(readerResult),
    verified: right && (config.verifyWrites ? 'full' : 'sequence'),
  };
}
