import { type Column, textTable } from '../kit/text-table.js';
import { wrap } from '../kit/wrap.js';
import type { FanoutResult, FanoutRun, ReaderResult, WriterResult } from './result.js';
import { type TimelineRow, timelineOf } from './timeline.js';

/** Lines of the table over time. */
const intervals = 10;
/** Number of processes of one role that are listed. When there are more, the slowest are listed. */
const listed = 8;

const fixed = (digits: number, value: number) => value.toFixed(digits);

/** Three significant digits, without an exponent. */
const short = (value: number) =>
  value >= 100 ? fixed(0, value) : value >= 10 ? fixed(1, value) : fixed(2, value);

interface Moment {
  readonly seconds: number;
  readonly writers: readonly TimelineRow[];
  readonly readers: readonly TimelineRow[];
}

const sum = (rows: readonly TimelineRow[], of: (row: TimelineRow) => number) =>
  rows.reduce((total, row) => total + of(row), 0);

const momentColumns: readonly Column<Moment>[] = [
  { head: 'seconds', cell: ({ seconds }) => fixed(1, seconds), key: true },
  { head: 'writes/s', cell: ({ writers }) => short(sum(writers, (row) => row.recordsPerSecond)) },
  { head: 'MB/s in', cell: ({ writers }) => short(sum(writers, (row) => row.mbPerSecond)) },
  { head: 'MB/s out', cell: ({ readers }) => short(sum(readers, (row) => row.mbPerSecond)) },
  {
    head: 'most lag',
    cell: ({ readers }) => fixed(0, Math.max(0, ...readers.map((row) => row.lag))),
  },
  {
    head: 'waits',
    cell: ({ writers }) =>
      fixed(
        0,
        sum(writers, (row) => row.waits),
      ),
  },
  {
    head: 'full',
    cell: ({ writers }) =>
      fixed(
        0,
        sum(writers, (row) => row.full),
      ),
  },
  {
    head: 'lost',
    cell: ({ readers }) =>
      fixed(
        0,
        sum(readers, (row) => row.lost),
      ),
  },
  {
    head: 'CPU writers',
    cell: ({ writers }) =>
      fixed(
        2,
        sum(writers, (row) => row.cpu),
      ),
  },
  {
    head: 'CPU readers',
    cell: ({ readers }) =>
      fixed(
        2,
        sum(readers, (row) => row.cpu),
      ),
  },
];

const writerColumns: readonly Column<WriterResult>[] = [
  { head: 'writer', cell: ({ pid }) => String(pid), key: true },
  { head: 'written', cell: ({ written }) => String(written) },
  { head: 'waits', cell: ({ waits }) => String(waits) },
  { head: 'full', cell: ({ full }) => String(full) },
  { head: 'CPU s', cell: ({ cpuSeconds }) => fixed(2, cpuSeconds) },
];

const readerColumns: readonly Column<ReaderResult>[] = [
  { head: 'reader', cell: ({ pid }) => String(pid), key: true },
  { head: 'read', cell: ({ read }) => String(read) },
  { head: 'lost', cell: ({ lost }) => String(lost) },
  { head: 'most lag', cell: ({ maxLag }) => String(maxLag) },
  { head: 'CPU s', cell: ({ cpuSeconds }) => fixed(2, cpuSeconds) },
];

function momentsOf(run: FanoutRun): Moment[] {
  const rows = timelineOf(run, intervals);
  return [...new Set(rows.map((row) => row.seconds))].map((seconds) => {
    const now = rows.filter((row) => row.seconds === seconds);
    return {
      seconds,
      writers: now.filter((row) => row.role === 'writer'),
      readers: now.filter((row) => row.role === 'reader'),
    };
  });
}

/** The listed readers: all, or the slowest. */
function readersShown(readers: readonly ReaderResult[]): { shown: ReaderResult[]; note: string[] } {
  if (readers.length <= listed) return { shown: [...readers], note: [] };
  const worst = [...readers].sort((a, b) => b.lost - a.lost || b.maxLag - a.maxLag);
  return {
    shown: worst.slice(0, listed),
    note: [`and ${readers.length - listed} more, which lost no more and were no further behind`],
  };
}

const verifiedText = {
  full: 'every record verified: sequence, order and checksum',
  sequence: 'every record verified: sequence and order',
  false: 'VERIFICATION FAILED',
};

function totals(result: FanoutResult): string[] {
  const { writesPerSecond, targetWritesPerSecond, mbPerSecondIn, mbPerSecondOut } = result;
  const aim =
    targetWritesPerSecond === 0
      ? 'as fast as it goes'
      : `target ${targetWritesPerSecond}, ${fixed(1, (100 * writesPerSecond) / targetWritesPerSecond)} % of it`;
  const locked = result.lockedMbPerSecondOut;
  const comparison =
    locked === null
      ? []
      : [
          `a ring with a lock: ${short(locked)} MB/s out; this is ${fixed(2, mbPerSecondOut / locked)} times as much`,
        ];
  return [
    `writes/s: ${short(writesPerSecond)} (${aim})`,
    `MB/s: ${short(mbPerSecondIn)} in, ${short(mbPerSecondOut)} out over ${result.readers.length} readers (MB = 10^6 bytes)`,
    ...comparison,
    verifiedText[`${result.verified}`],
  ];
}

/** Tables over time and by process, and the totals. */
export function formatFanout(
  run: FanoutRun,
  result: FanoutResult,
  width: number = Number.POSITIVE_INFINITY,
): string {
  const { shown, note } = readersShown(result.readers);
  return [
    ...textTable(momentColumns, momentsOf(run), width),
    '',
    ...textTable(writerColumns, result.writers, width),
    '',
    ...[...textTable(readerColumns, shown, width), ...note],
    '',
    ...totals(result).map((line) => wrap(line, width)),
  ].join('\n');
}
