import type { DoneMember } from './crew.js';
import type { FanoutRun } from './result.js';
import type { Sample } from './samples.js';

/** The activity of one process in one interval of a run. */
export interface TimelineRow {
  /** End of the interval, in seconds since the start. */
  readonly seconds: number;
  readonly role: 'writer' | 'reader';
  readonly index: number;
  readonly pid: number;
  readonly recordsPerSecond: number;
  readonly mbPerSecond: number;
  /** Largest number of records that a reader was behind. */
  readonly lag: number;
  readonly waits: number;
  readonly full: number;
  readonly lost: number;
  /** CPU seconds per second: 1 is a whole core. */
  readonly cpu: number;
}

const start: Sample = { atMs: 0, records: 0, waits: 0, full: 0, lost: 0, lag: 0, cpuSeconds: 0 };

type Counter = 'records' | 'waits' | 'full' | 'lost' | 'cpuSeconds';

/** One process's counters at any moment, between its samples by interpolation. */
class Series {
  readonly #samples: readonly Sample[];

  constructor({ samples, report }: DoneMember) {
    this.#samples = [start, ...samples, report.last];
  }

  at(ms: number, counter: Counter): number {
    const after = this.#samples.findIndex((sample) => sample.atMs >= ms);
    const later = this.#samples[after];
    if (!later) return this.#samples.at(-1)?.[counter] ?? 0;
    const earlier = this.#samples[after - 1] ?? start;
    const span = later.atMs - earlier.atMs;
    const share = span > 0 ? (ms - earlier.atMs) / span : 1;
    return earlier[counter] + share * (later[counter] - earlier[counter]);
  }

  /** The lag of every sample that reaches into the interval. */
  maxLag(fromMs: number, toMs: number): number {
    const last = this.#samples.findIndex((sample) => sample.atMs >= toMs);
    const inside = this.#samples.filter(
      (sample, index) => sample.atMs > fromMs && (sample.atMs <= toMs || index === last),
    );
    return Math.max(0, ...inside.map((sample) => sample.lag));
  }
}

function rowOf(
  member: DoneMember,
  series: Series,
  fromMs: number,
  toMs: number,
  slotBytes: number,
): TimelineRow {
  const seconds = (toMs - fromMs) / 1000;
  const during = (counter: Counter) => series.at(toMs, counter) - series.at(fromMs, counter);
  const recordsPerSecond = during('records') / seconds;
  return {
    seconds: toMs / 1000,
    role: member.role,
    index: member.index,
    pid: member.pid,
    recordsPerSecond,
    mbPerSecond: (recordsPerSecond * slotBytes) / 1e6,
    lag: series.maxLag(fromMs, toMs),
    waits: during('waits'),
    full: during('full'),
    lost: during('lost'),
    cpu: during('cpuSeconds') / seconds,
  };
}

/** Enough intervals for a curve, and so few that each holds writes. */
const mostIntervals = 40;
const fewestIntervals = 8;
const writesPerInterval = 10;

/** Number of intervals in the drawing of a run. */
export const intervalsOf = ({ config: { writesPerSecond, durationSeconds } }: FanoutRun): number =>
  writesPerSecond === 0
    ? mostIntervals
    : Math.min(
        mostIntervals,
        Math.max(
          fewestIntervals,
          Math.round((writesPerSecond * durationSeconds) / writesPerInterval),
        ),
      );

/** Time at which the last process ended, at least the run's duration. */
const lengthMs = ({ config, writers, readers }: FanoutRun) =>
  Math.max(
    config.durationSeconds * 1000,
    ...[...writers, ...readers].map(({ report }) => report.last.atMs),
  );

/**
 * The activity of every process in `intervals` equal parts of the run. The run lasts until everything was
 * read. The rows are in order of time, writers first.
 */
export function timelineOf(run: FanoutRun, intervals: number): TimelineRow[] {
  const stepMs = lengthMs(run) / intervals;
  const members = [...run.writers, ...run.readers].map((member) => ({
    member,
    series: new Series(member),
  }));
  return Array.from({ length: intervals }, (_, interval) =>
    members.map(({ member, series }) =>
      rowOf(member, series, interval * stepMs, (interval + 1) * stepMs, run.config.slotBytes),
    ),
  ).flat();
}
