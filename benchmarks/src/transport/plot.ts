import type { TopLevelSpec } from 'vega-lite';
import { log, nominal, type PlotText, quantitative, schema } from '../kit/plots/specification.js';
import { plotConfig } from '../kit/plots/theme.js';
import { decadeTicks } from '../kit/plots/ticks.js';
import { transports } from './config.js';
import type { CsvRow } from './csv.js';
import { dashesOf, stylesOf } from './plot-style.js';

/** The part of a row that a plot shows. */
export type PlotRow = Pick<
  CsvRow,
  'sizeMiB' | 'kind' | 'transport' | 'mbPerSecond' | 'mbPerSecondLow' | 'mbPerSecondHigh'
>;

// The types of vega-lite want these words as literals.
const area = 'area' as const;
const line = 'line' as const;
const rule = 'rule' as const;
const marker = {
  type: 'point',
  filled: true,
  size: 62,
  opacity: 1,
  stroke: 'white',
  strokeWidth: 0.8,
} as const;
const stroke = 'stroke' as const;
const label = { type: 'text', dy: -12, fontSize: 10, color: '#222' } as const;

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** From the smallest to the largest mean, with room for all intervals that are not too wide. */
function throughputTicks(rows: readonly PlotRow[]): number[] {
  const means = rows.map((row) => row.mbPerSecond);
  const lows = rows.map((row) => Math.max(row.mbPerSecondLow, row.mbPerSecond / 2));
  const highs = rows.map((row) => Math.min(row.mbPerSecondHigh, row.mbPerSecond * 2));
  return decadeTicks(Math.min(...means, ...lows), Math.max(...means, ...highs));
}

function titleOf({ title, subtitle }: PlotText, single: boolean) {
  const interval = `Mean over the passes; the ${single ? 'bar' : 'band'} is its 95 % confidence interval.`;
  return {
    text: title ?? 'Throughput between two processes',
    subtitle: [...(subtitle === undefined ? [] : [subtitle]), interval],
  };
}

function xOf(sizes: readonly number[]) {
  return {
    field: 'sizeMiB',
    type: quantitative,
    title: 'payload size (MiB, log scale)',
    scale: { type: log, base: 2, nice: false, padding: 18 },
    axis: { values: [...sizes], format: '~g', grid: false },
  };
}

function yOf(field: string, ticks: readonly number[]) {
  return {
    field,
    type: quantitative,
    title: 'throughput (MB/s, log scale)',
    scale: { type: log, domain: [ticks[0] ?? 1, ticks.at(-1) ?? 1], nice: false },
    axis: { values: [...ticks], format: ',~g' },
  };
}

/** One legend for colour and marker, one for the dashes. */
function encodingsOf(rows: readonly PlotRow[]) {
  const kinds = unique(rows.map((row) => row.kind));
  const styles = stylesOf(kinds);
  const legend = { title: 'payload', symbolSize: 70 };
  return {
    color: {
      field: 'kind',
      type: nominal,
      scale: { domain: kinds, range: styles.map(({ color }) => color) },
      legend,
    },
    shape: {
      field: 'kind',
      type: nominal,
      scale: { domain: kinds, range: styles.map(({ shape }) => shape) },
      legend,
    },
    strokeDash: {
      field: 'transport',
      type: nominal,
      scale: dashesOf(rows.map((row) => row.transport)),
      legend: {
        title: 'transport',
        symbolType: stroke,
        symbolSize: 700,
        symbolStrokeColor: '#333',
      },
    },
  };
}

/** Cuts intervals to the axis. A wide interval may end below 0, which has no logarithm. */
function clipIntervals(rows: readonly PlotRow[], ticks: readonly number[]) {
  const [bottom, top] = [ticks[0] ?? 1, ticks.at(-1) ?? 1];
  return rows.map((row) => ({
    ...row,
    mbPerSecondLow: Math.max(row.mbPerSecondLow, bottom),
    mbPerSecondHigh: Math.min(row.mbPerSecondHigh, top),
  }));
}

const detail = { field: 'transport', type: nominal };

/** Lines with bands and markers over the payload size. */
function lineLayers(rows: readonly PlotRow[], ticks: readonly number[]) {
  const x = xOf(unique(rows.map((row) => row.sizeMiB)).sort((a, b) => a - b));
  const y = yOf('mbPerSecond', ticks);
  const { color, shape, strokeDash } = encodingsOf(rows);
  return [
    {
      mark: { type: area, opacity: 0.15, clip: true },
      encoding: {
        x,
        y: yOf('mbPerSecondLow', ticks),
        y2: { field: 'mbPerSecondHigh' },
        color,
        detail,
      },
    },
    { mark: { type: line, strokeWidth: 2, clip: true }, encoding: { x, y, color, strokeDash } },
    { mark: marker, encoding: { x, y, color, shape, detail } },
  ];
}

/** The transports side by side, with their intervals, where one size gives no line to draw. */
function dotLayers(rows: readonly PlotRow[], ticks: readonly number[]) {
  const domain = transports.filter((transport) => rows.some((row) => row.transport === transport));
  const x = {
    field: 'transport',
    type: nominal,
    title: `transport (payloads of ${rows[0]?.sizeMiB} MiB)`,
    sort: domain,
    axis: { labelAngle: 0 },
  };
  const y = yOf('mbPerSecond', ticks);
  const { color, shape } = encodingsOf(rows);
  const xOffset = { field: 'kind', type: nominal, sort: color.scale.domain };
  return [
    {
      mark: { type: rule, strokeWidth: 2, opacity: 0.5, clip: true },
      encoding: {
        x,
        xOffset,
        y: yOf('mbPerSecondLow', ticks),
        y2: { field: 'mbPerSecondHigh' },
        color,
      },
    },
    { mark: { ...marker, size: 90 }, encoding: { x, xOffset, y, color, shape } },
    {
      mark: label,
      encoding: {
        x,
        xOffset,
        y: yOf('mbPerSecondHigh', ticks),
        text: { field: 'mbPerSecond', type: quantitative, format: '.3~s' },
      },
    },
  ];
}

/**
 * Draws one line for each kind and transport over the payload size. Colour and marker show the kind. The
 * dashes show the transport: dotted no-arena, dashed ring, solid pool. The band is the 95 % confidence
 * interval. Both axes are logarithmic, because the sizes double and the transports lie a power of ten
 * apart.
 */
export function plotSpec(rows: readonly PlotRow[], text: PlotText = {}): TopLevelSpec {
  const ticks = throughputTicks(rows);
  const single = unique(rows.map((row) => row.sizeMiB)).length === 1;
  return {
    $schema: schema,
    title: titleOf(text, single),
    width: single ? 400 : 520,
    height: 360,
    data: { values: clipIntervals(rows, ticks) },
    layer: single ? dotLayers(rows, ticks) : lineLayers(rows, ticks),
    config: plotConfig,
  };
}
