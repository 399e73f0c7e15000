import { type Column, textTable } from '../kit/text-table.js';
import { wrap } from '../kit/wrap.js';
import type { Row } from './result.js';

const fixed = (digits: number, value: number | null) =>
  value === null ? '-' : value.toFixed(digits);

const halfWidth = (row: Row) =>
  (100 * (row.mbPerSecondHigh - row.mbPerSecondLow)) / 2 / row.mbPerSecond;

const columns: readonly Column<Row>[] = [
  { head: 'kind', cell: (row) => row.kind, left: true, key: true },
  { head: 'MiB', cell: (row) => String(row.sizeMiB), key: true },
  { head: 'transport', cell: (row) => row.transport, left: true, key: true },
  { head: 'MB/s', cell: (row) => fixed(0, row.mbPerSecond) },
  { head: '±95%', cell: (row) => `${fixed(0, halfWidth(row))}%`, joined: true },
  { head: 'speed-up', cell: (row) => `${fixed(2, row.speedup)}x` },
  { head: 'of limit', cell: (row) => `${fixed(0, 100 * row.limitShare)}%` },
  { head: 'marginal us', cell: (row) => fixed(0, row.marginalUsPerItem) },
  { head: 'marginal MB/s', cell: (row) => fixed(0, row.marginalMbPerSecond), joined: true },
  { head: 'CPU s', cell: (row) => fixed(3, row.cpuSeconds) },
  { head: 'of it consumer', cell: (row) => fixed(3, row.consumerCpuSeconds), joined: true },
  { head: 'peak MB', cell: (row) => fixed(0, row.peakMemoryMB) },
];

/** The lines under a table that say what its columns are. */
const legend = [
  'MB/s: mean over the timed passes (MB = 10^6 bytes, MiB = 2^20); ±95%: its confidence interval.',
  'of limit: share of what two native processes reach here with copies alone;',
  '  pool against one copy in, ring and no-arena against one copy in and one out.',
  'marginal: one more item in a pass, so that start and end of a pass do not count.',
  'CPU s: producer and consumer over the timed passes; peak MB: both, shared pages counted once.',
];

const sharedProcessNote =
  'One process consumed all rows: its memory carries over. --isolate keeps them apart.';

/** The rows as text, by kind and then by size; those that are equal in both in the order in which they ran. */
export function formatTable(
  rows: readonly Row[],
  { isolated, width = Number.POSITIVE_INFINITY }: { isolated: boolean; width?: number },
): string {
  const kinds = [...new Set(rows.map((row) => row.kind))];
  const sorted = [...rows].sort(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.sizeMiB - b.sizeMiB,
  );
  const notes = isolated ? legend : [...legend, sharedProcessNote];
  return [...textTable(columns, sorted, width), wrap(notes.join('\n'), width)].join('\n');
}
