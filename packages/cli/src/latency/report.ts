import { stringify } from 'csv-stringify/sync';
import { type Column, textTable } from '../bench/text-table.js';
import { formatBytes } from '../crossover/sizes.js';
import type { Placement, TripRow } from './cell.js';
import { drawHistogram, drawScale, spanOf } from './histogram.js';

/** Two digits under 10 us, one under 100 us. */
const us = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

const columns: readonly Column<TripRow>[] = [
  { head: 'transport', cell: (row) => row.transport, left: true },
  { head: 'calls', cell: (row) => row.calls, left: true },
  { head: 'spin us', cell: (row) => String(row.spinMicroseconds) },
  { head: 'p50 us', cell: (row) => us(row.p50Us) },
  { head: 'p90', cell: (row) => us(row.p90Us) },
  { head: 'p99', cell: (row) => us(row.p99Us) },
  { head: 'p99.9', cell: (row) => us(row.p999Us) },
  { head: 'max', cell: (row) => us(row.maxUs) },
  { head: 'CPU us', cell: (row) => us(row.cpuUsPerRoundTrip) },
];

const placementText = (placement: Placement, cpus: readonly number[]): string => {
  if (placement === 'same-core') return `Placement: same core (${cpus[0]})`;
  const awake =
    placement === 'kept-awake'
      ? 'kept awake: they never sleep'
      : 'each sleeps when there is nothing to do';
  return `Placement: two cores (${cpus.join(', ')}), ${awake}`;
};

/** The rows of one placement, with a histogram to each on one scale. */
function formatPlacement(rows: readonly TripRow[]): string[] {
  const [first] = rows;
  if (!first) return [];
  const [head = '', rule = '', ...lines] = textTable(columns, rows);
  const span = spanOf(rows.map((row) => row.histogram));
  const width = Math.max(head.length, ...lines.map((line) => line.length));
  return [
    `${placementText(first.placement, first.cpus ?? [])}.`,
    '',
    `${head.padEnd(width)}   ${drawScale(span)}`,
    rule.padEnd(width, '-'),
    ...lines.map((line, index) =>
      `${line.padEnd(width)}   ${drawHistogram(rows[index]?.histogram ?? [], span)}`.trimEnd(),
    ),
    '',
  ];
}

/** A table for each placement; histograms have a logarithmic scale of microseconds. */
export function formatTrips(rows: readonly TripRow[]): string {
  const placements = [...new Set(rows.map((row) => row.placement))];
  const [first] = rows;
  return [
    `Round trips of ${formatBytes(first?.sizeBytes ?? 0)}, one in flight; CPU of both processes for each.`,
    '',
    ...placements.flatMap((placement) =>
      formatPlacement(rows.filter((row) => row.placement === placement)),
    ),
    'sync blocks its thread, async waits in the event loop; spin: how long a call looks before it parks.',
  ].join('\n');
}

const csvColumns: readonly [string, (row: TripRow) => string | number][] = [
  ['transport', (row) => row.transport],
  ['calls', (row) => row.calls],
  ['spin_us', (row) => row.spinMicroseconds],
  ['placement', (row) => row.placement],
  ['cpus', (row) => (row.cpus ?? []).join(' ')],
  ['size_bytes', (row) => row.sizeBytes],
  ['round_trips', (row) => row.roundTrips],
  ['p50_us', (row) => row.p50Us],
  ['p90_us', (row) => row.p90Us],
  ['p99_us', (row) => row.p99Us],
  ['p999_us', (row) => row.p999Us],
  ['max_us', (row) => row.maxUs],
  ['cpu_us_per_round_trip', (row) => row.cpuUsPerRoundTrip],
];

export const tripsToCsv = (rows: readonly TripRow[]): string =>
  stringify([
    csvColumns.map(([name]) => name),
    ...rows.map((row) => csvColumns.map(([, cell]) => cell(row))),
  ]);
