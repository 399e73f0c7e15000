import type { TopLevelSpec } from 'vega-lite';
import { colorsOf } from '../kit/plots/palette.js';
import { log, nominal, type PlotText, quantitative, schema } from '../kit/plots/specification.js';
import { plotConfig } from '../kit/plots/theme.js';
import { powersOfTenAround } from '../kit/plots/ticks.js';
import { formatBytes } from '../kit/sizes.js';
import { latencyTransports, type Placement, placements } from './config.js';
import type { TripRow } from './result.js';

const ways = ['async', 'async, spinning', 'sync', 'sync, spinning'];
const dashes = [
  [1, 0],
  [8, 3],
  [1.5, 3],
  [8, 3, 1.5, 3],
];

const titles: Readonly<Record<Placement, string>> = {
  'same-core': 'Same core',
  'two-cores': 'Two cores',
  'kept-awake': 'Two cores, kept awake',
};

const wayOf = ({ calls, spinMicroseconds }: TripRow) =>
  spinMicroseconds > 0 ? `${calls}, spinning` : calls;

interface Point {
  readonly us: number;
  readonly share: number;
  readonly transport: string;
  readonly way: string;
}

/** For each latency, the share of the round trips that took no longer. */
function pointsOf(row: TripRow): Point[] {
  const series = { transport: row.transport, way: wayOf(row) };
  const [first] = row.histogram;
  const points: Point[] = first ? [{ us: first.fromUs, share: 0, ...series }] : [];
  let below = 0;
  for (const { toUs, count } of row.histogram) {
    below += count;
    points.push({ us: toUs, share: below / row.roundTrips, ...series });
  }
  return points;
}

/** Beyond this share lie only single round trips, which would stretch the axis. */
const shownShare = 0.99;

function spanOf(points: readonly Point[]): [number, number] {
  const shown = points.filter(({ share }) => share <= shownShare).map(({ us }) => us);
  return [Math.min(...shown), Math.max(...shown)];
}

/** Draws cumulative shares over the latency, the placements beside each other on one scale. */
export function latencyPlotSpec(
  rows: readonly TripRow[],
  { title, subtitle }: PlotText = {},
): TopLevelSpec {
  const points = rows.flatMap(pointsOf);
  const ticks = powersOfTenAround(...spanOf(points));
  const transports = latencyTransports.filter((name) => rows.some((row) => row.transport === name));
  const present = ways.filter((way) => points.some((point) => point.way === way));
  const encoding = {
    x: {
      field: 'us',
      type: quantitative,
      title: 'round trip (us, log scale)',
      scale: { type: log, domain: [ticks[0] ?? 1, ticks.at(-1) ?? 1], nice: false },
      axis: { values: ticks, format: '~s' },
    },
    y: {
      field: 'share',
      type: quantitative,
      title: 'share that took at most so long',
      axis: { format: '.0%', tickCount: 5 },
    },
    color: {
      field: 'transport',
      type: nominal,
      scale: { domain: transports, range: colorsOf(transports) },
    },
    strokeDash: {
      field: 'way',
      type: nominal,
      scale: { domain: present, range: present.map((way) => dashes[ways.indexOf(way)] ?? [1, 0]) },
      legend: {
        title: 'calls',
        symbolType: 'stroke' as const,
        symbolSize: 700,
        symbolStrokeColor: '#333',
      },
    },
  };
  const charts = placements
    .filter((placement) => rows.some((row) => row.placement === placement))
    .map((placement) => ({
      title: titles[placement],
      width: 300,
      height: 260,
      data: { values: rows.filter((row) => row.placement === placement).flatMap(pointsOf) },
      mark: { type: 'line' as const, strokeWidth: 1.8, clip: true },
      encoding,
    }));
  return {
    $schema: schema,
    title: {
      text: title ?? `Round trips of ${formatBytes(rows[0]?.sizeBytes ?? 0)}`,
      ...(subtitle === undefined ? {} : { subtitle }),
    },
    hconcat: charts,
    config: plotConfig,
  };
}
