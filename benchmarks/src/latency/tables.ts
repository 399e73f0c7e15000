import { formatBytes } from '../kit/sizes.js';
import { type Column, textTable } from '../kit/text-table.js';
import { wrap } from '../kit/wrap.js';
import type { Placement } from './config.js';
import { drawHistogram, drawScale, spanOf } from './histogram.js';
import type { TripRow } from './result.js';

/** Two digits under 10 us, one under 100 us. */
const us = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

const columns: readonly Column<TripRow>[] = [
  { head: 'transport', cell: (row) => row.transport, left: true, key: true },
  { head: 'calls', cell: (row) => row.calls, left: true, key: true },
  { head: 'spin us', cell: (row) => String(row.spinMicroseconds), key: true },
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

/** Histograms of all rows on one scale, which stands above them. */
function histogramColumn(rows: readonly TripRow[]): Column<TripRow> {
  const span = spanOf(rows.map((row) => row.histogram));
  return {
    head: drawScale(span),
    cell: (row) => drawHistogram(row.histogram, span),
    left: true,
    drawing: true,
  };
}

/** The rows of one placement, with a histogram to each. */
function formatPlacement(rows: readonly TripRow[], width: number): string[] {
  const [first] = rows;
  if (!first) return [];
  return [
    wrap(`${placementText(first.placement, first.cpus ?? [])}.`, width),
    '',
    ...textTable([...columns, histogramColumn(rows)], rows, width),
    '',
  ];
}

/** A table for each placement; histograms have a logarithmic scale of microseconds. */
export function formatTrips(
  rows: readonly TripRow[],
  width: number = Number.POSITIVE_INFINITY,
): string {
  const placements = [...new Set(rows.map((row) => row.placement))];
  const [first] = rows;
  const [head, foot] = [
    `Round trips of ${formatBytes(first?.sizeBytes ?? 0)}, one in flight; CPU of both processes for each.`,
    'sync blocks its thread, async waits in the event loop; spin: how long a call looks before it parks.',
  ];
  return [
    wrap(head, width),
    '',
    ...placements.flatMap((placement) =>
      formatPlacement(
        rows.filter((row) => row.placement === placement),
        width,
      ),
    ),
    wrap(foot, width),
  ].join('\n');
}
