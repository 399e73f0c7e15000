import type { TopLevelSpec } from 'vega-lite';
import { plotConfig } from '../bench/plot-style.js';
import type { FanoutConfig } from './config.js';
import { plotTitle } from './plot-title.js';
import type { FanoutResult } from './result.js';
import type { TimelineRow } from './timeline.js';

const width = 560;
const panelHeight = 110;

// vega-lite's types want these words as literals.
const quantitative = 'quantitative' as const;
const nominal = 'nominal' as const;

const colors = { in: '#0072B2', out: '#D55E00', given: '#AA4499', target: '#999999' } as const;
const line = { type: 'line', strokeWidth: 1.8, strokeJoin: 'round' } as const;

/** One figure over all processes of an interval, at its middle. */
interface Point {
  readonly seconds: number;
  readonly what: string;
  readonly value: number;
}

/** The first interval ends where it is as long as all of them. */
const middle = (rows: readonly TimelineRow[], { seconds }: TimelineRow) =>
  seconds - (rows[0]?.seconds ?? 0) / 2;

function overTime(
  rows: readonly TimelineRow[],
  role: TimelineRow['role'],
  what: string,
  of: (row: TimelineRow) => number,
): Point[] {
  const sums = new Map<number, number>();
  for (const row of rows.filter((one) => one.role === role)) {
    const seconds = middle(rows, row);
    sums.set(seconds, (sums.get(seconds) ?? 0) + of(row));
  }
  return [...sums].map(([seconds, value]) => ({ seconds, what, value }));
}

const xOf = (rows: readonly TimelineRow[], last: boolean) => ({
  field: 'seconds',
  type: quantitative,
  title: last ? 'seconds since the start' : null,
  scale: { domain: [0, Math.max(...rows.map((row) => row.seconds))], nice: false },
  axis: { grid: false, labels: last, ticks: last },
});

/** From 0 to the largest value; where nothing ever was, to 1. */
const yOf = (title: string, points: readonly { readonly value: number }[], format = '~s') => ({
  field: 'value',
  type: quantitative,
  title,
  scale: { domain: [0, Math.max(...points.map((point) => point.value)) || 1], nice: true },
  axis: { tickCount: 4, format },
});

interface PanelText {
  readonly y: string;
  readonly colors: readonly string[];
  readonly format?: string;
  readonly last?: boolean;
}

/** Lines of several figures over time, told apart by colour and named at the right. */
function panel(rows: readonly TimelineRow[], points: readonly Point[], text: PanelText) {
  const names = [...new Set(points.map((point) => point.what))];
  return {
    width,
    height: panelHeight,
    data: { values: [...points] },
    mark: line,
    encoding: {
      x: xOf(rows, text.last ?? false),
      y: yOf(text.y, points, text.format),
      color: {
        field: 'what',
        type: nominal,
        scale: { domain: names, range: [...text.colors] },
        legend: { title: null, symbolType: 'stroke' as const },
      },
    },
  };
}

function ratePanel(rows: readonly TimelineRow[], { writesPerSecond }: FanoutConfig) {
  const reached = overTime(rows, 'writer', 'reached', (row) => row.recordsPerSecond);
  const target =
    writesPerSecond === 0
      ? []
      : reached.map((point) => ({ ...point, what: 'target', value: writesPerSecond }));
  return panel(rows, [...target, ...reached], {
    y: 'writes/s',
    colors: writesPerSecond === 0 ? [colors.in] : [colors.target, colors.in],
  });
}

const bytesPanel = (rows: readonly TimelineRow[]) =>
  panel(
    rows,
    [
      ...overTime(rows, 'reader', 'out, all readers', (row) => row.mbPerSecond),
      ...overTime(rows, 'writer', 'in', (row) => row.mbPerSecond),
    ],
    { y: 'MB/s', colors: [colors.out, colors.in] },
  );

/** Each reader's lag: thin lines of one colour, because there may be a hundred. */
function lagPanel(rows: readonly TimelineRow[]) {
  const points = rows
    .filter((row) => row.role === 'reader')
    .map((row) => ({
      seconds: middle(rows, row),
      index: row.index,
      value: row.lag,
      what: 'each reader',
    }));
  return {
    width,
    height: panelHeight,
    data: { values: points },
    mark: { ...line, strokeWidth: 1.2, opacity: 0.55 },
    encoding: {
      x: xOf(rows, false),
      y: yOf('records behind', points),
      detail: { field: 'index', type: nominal },
      color: {
        field: 'what',
        type: nominal,
        scale: { domain: ['each reader'], range: [colors.out] },
        legend: { title: null, symbolType: 'stroke' as const },
      },
    },
  };
}

const hindrances = [
  { role: 'writer', what: 'writer waits', of: (row: TimelineRow) => row.waits, color: colors.in },
  {
    role: 'writer',
    what: 'writes given up',
    of: (row: TimelineRow) => row.full,
    color: colors.given,
  },
  { role: 'reader', what: 'records lost', of: (row: TimelineRow) => row.lost, color: colors.out },
] as const;

/** What went wrong or slowly, where anything did. */
function hindrancePanels(rows: readonly TimelineRow[]) {
  const present = hindrances.filter(({ role, of }) =>
    rows.some((row) => row.role === role && of(row) > 0),
  );
  if (present.length === 0) return [];
  const points = present.flatMap(({ role, what, of }) => overTime(rows, role, what, of));
  return [
    panel(rows, points, { y: 'in each interval', colors: present.map(({ color }) => color) }),
  ];
}

const cpuPanel = (rows: readonly TimelineRow[]) =>
  panel(
    rows,
    [
      ...overTime(rows, 'writer', 'writers', (row) => row.cpu),
      ...overTime(rows, 'reader', 'readers', (row) => row.cpu),
    ],
    { y: 'CPU (cores)', colors: [colors.in, colors.out], format: '~g', last: true },
  );

/** Rates, bytes, lag, hindrances and CPU, one under the other over the same time. */
export function fanoutPlotSpec(rows: readonly TimelineRow[], result: FanoutResult): TopLevelSpec {
  const { config } = result;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: plotTitle(result),
    vconcat: [
      ratePanel(rows, config),
      bytesPanel(rows),
      lagPanel(rows),
      ...hindrancePanels(rows),
      cpuPanel(rows),
    ],
    spacing: 16,
    resolve: { scale: { color: 'independent' } },
    config: plotConfig,
  };
}
