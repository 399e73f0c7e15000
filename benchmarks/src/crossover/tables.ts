import { formatBytes, roundBytes } from '../kit/sizes.js';
import { type Column, textTable } from '../kit/text-table.js';
import { wrap } from '../kit/wrap.js';
import { labelOf } from '../links/transports.js';
import type { Metric } from './config.js';
import type { Crossing } from './crossing.js';
import { type Comparison, p999Of, type Row, type Sample } from './result.js';

const fixed = (value: number | undefined, digits: number) =>
  value === undefined ? '' : value.toFixed(digits);

/** Three significant digits, and no digit after the point from 100 on. */
const figure = (value: number | undefined) => {
  if (value === undefined) return '';
  return value < 100 ? String(Number(value.toPrecision(3))) : value.toFixed(0);
};

const common: readonly Column<Row>[] = [
  { head: 'size', cell: (row) => formatBytes(row.sizeBytes), key: true },
  {
    head: 'transport',
    cell: (row) => labelOf(row.transport, row.copy),
    left: true,
    key: true,
  },
];

const cpu: Column<Row> = {
  head: 'CPU us/msg',
  cell: (row) => figure(row.cpuUsPerMessage),
};

const speedColumns: readonly Column<Row>[] = [
  ...common,
  { head: 'msgs/s', cell: (row) => fixed(row.messagesPerSecond, 0) },
  { head: 'MB/s', cell: (row) => figure(row.mbPerSecond) },
  { head: 'us/msg', cell: (row) => figure(1e6 / (row.messagesPerSecond ?? Number.NaN)) },
  cpu,
];

const latencyColumns = (samples: readonly Sample[]): readonly Column<Row>[] => [
  ...common,
  { head: 'p50 us', cell: (row) => fixed(row.p50Us, 1) },
  { head: 'p99 us', cell: (row) => fixed(row.p99Us, 1) },
  { head: 'p99.9 us', cell: (row) => fixed(p999Of(samples, row), 1) },
  cpu,
];

const placementOf = (tripCpus: readonly [number, number] | undefined) =>
  tripCpus
    ? `two cores (${tripCpus.join(', ')}), idle between messages`
    : 'wherever the system put them';

const captionsOf = (tripCpus: readonly [number, number] | undefined): Record<Metric, string> => ({
  throughput: 'Throughput: from the first receipt to the last, CPU of both processes.',
  sends:
    "Sends: the writer's side alone, one call a message, while nobody reads; its CPU alone as well.",
  latency:
    'Latency: request and reply, one in flight, in the event loop; CPU of both processes.\n' +
    `Placement: ${placementOf(tripCpus)}. Waking an idle virtual CPU takes\n` +
    'some 45 us whatever the mechanism; "arena bench latency" compares placements.',
});

const bySize = (rows: readonly Row[]) => [...rows].sort((a, b) => a.sizeBytes - b.sizeBytes);

/** One table for each metric, sizes together. */
export function formatRows(
  rows: readonly Row[],
  samples: readonly Sample[],
  { tripCpus, width }: { tripCpus?: readonly [number, number] | undefined; width: number },
): string {
  const captions = captionsOf(tripCpus);
  const present = [...new Set(rows.map((row) => row.metric))];
  const tables = present.map((metric) => {
    const columns = metric === 'latency' ? latencyColumns(samples) : speedColumns;
    const ofMetric = bySize(rows.filter((row) => row.metric === metric));
    return [wrap(captions[metric], width), '', ...textTable(columns, ofMetric, width)].join('\n');
  });
  return tables.join('\n\n');
}

/** `crosses at 13 kB (95 %: 11 kB to 14 kB; between 10 kB and 14677 B)`, or which side always wins. */
export function describeCrossing({ bytes, low, high, between }: Crossing): string {
  const [below, above] = between;
  if (bytes === null) {
    if (above !== null)
      return `zero-copy is faster from ${formatBytes(above)} on, the smallest measured`;
    return `copying is faster up to ${formatBytes(below ?? 0)}, the largest measured`;
  }
  const sizes = `between ${formatBytes(below ?? 0)} and ${formatBytes(above ?? 0)}`;
  const interval =
    low === below && high === above
      ? sizes
      : `95 %: ${roundBytes(low ?? bytes)} to ${roundBytes(high ?? bytes)}; ${sizes}`;
  return `crosses at ${roundBytes(bytes)} (${interval})`;
}

/** From this ratio on up to its inverse, two speeds are called the same. */
const sameFrom = 0.97;

function times(ratio: number): string {
  if (ratio > sameFrom && ratio < 1 / sameFrom) return 'as fast';
  return ratio > 1 ? `${figure(ratio)}x as fast` : `${figure(1 / ratio)}x slower`;
}

function describeComparison({ metric, transport, crossing, speedUps, penalty }: Comparison) {
  const [smallest, largest] = [speedUps[0], speedUps.at(-1)];
  const ends = [smallest, largest].flatMap((up) =>
    up ? [`${times(up.ratio)} at ${formatBytes(up.sizeBytes)}`] : [],
  );
  const range = `${penalty.lowUs.toFixed(2)} to ${penalty.highUs.toFixed(2)}`;
  return [
    `${metric}, ${labelOf(transport, false)}: ${describeCrossing(crossing)};`,
    `  zero-copy is ${ends.join(', ')}; at ${formatBytes(penalty.sizeBytes)} it costs ` +
      `${penalty.us.toFixed(2)} us a ${metric === 'latency' ? 'round trip' : metric === 'sends' ? 'send' : 'message'} (${range} over the runs).`,
  ];
}

/** Where zero-copy starts to pay, and what it costs where it does not. */
export function formatComparisons(
  comparisons: readonly Comparison[],
  threshold: number | null,
): string {
  if (comparisons.length === 0) return 'Nothing was measured both with and without copies.';
  const lines = ['Zero-copy against copying:', ...comparisons.flatMap(describeComparison)];
  if (threshold !== null) {
    lines.push(
      `Recommended copyThreshold on this machine: ${threshold} (${formatBytes(threshold)}).`,
    );
  }
  return lines.join('\n');
}

/** A note for those who compare sizes of 32 MiB. */
export const largeSizeNote =
  '32 MB (10^6) is not 32 MiB (2^20): at exactly 32 MiB and above glibc takes fresh pages for every message that a peer\n' +
  'allocates, unless it is told to keep its memory. Here it is; without, peers fall by a factor of 2 to 4 there.';
