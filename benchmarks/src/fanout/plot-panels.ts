/** The panels that a fan-out run is drawn with: lines over the same time. */
import { flowColors } from '../kit/plots/palette.js';
import { nominal, quantitative } from '../kit/plots/specification.js';
import type { TimelineRow } from './timeline.js';

const width = 560;
const panelHeight = 110;

const line = { type: 'line', strokeWidth: 1.8, strokeJoin: 'round' } as const;

/** One figure over all processes of an interval, at its middle. */
export interface Point {
  readonly seconds: number;
  readonly what: string;
  readonly value: number;
}

/** The middle of an interval. All intervals are as long as the first one. */
const middle = (rows: readonly TimelineRow[], { seconds }: TimelineRow) =>
  seconds - (rows[0]?.seconds ?? 0) / 2;

/** A figure of all processes of a role together, over time. */
export function overTime(
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
  axis: { grid: false, labels: last, ticks: last, labelFlush: false, tickCount: 10 },
});

const ticks = 4;

interface YText {
  readonly y: string;
  /** Least distance of two ticks: 1 where things are counted. */
  readonly step?: number;
}

/** From 0 to the tick above the largest value; to 1 when all values are 0. */
const yOf = ({ y, step = 0 }: YText, points: readonly { readonly value: number }[]) => ({
  field: 'value',
  type: quantitative,
  title: y,
  scale: {
    domain: [0, Math.max(step * ticks, ...points.map((point) => point.value)) || 1],
    nice: ticks,
  },
  axis: { tickCount: ticks, tickMinStep: step, format: ',~f' },
});

interface PanelText extends YText {
  readonly colors: readonly string[];
  readonly dashes?: readonly (readonly number[])[];
  readonly last?: boolean;
}

const colorOf = (names: readonly string[], range: readonly string[]) => ({
  field: 'what',
  type: nominal,
  scale: { domain: [...names], range: [...range] },
  legend: { title: null, symbolType: 'stroke' as const },
});

/** Lines of several figures over time, told apart by colour and named at the right. */
export function panel(rows: readonly TimelineRow[], points: readonly Point[], text: PanelText) {
  const names = [...new Set(points.map((point) => point.what))];
  return {
    width,
    height: panelHeight,
    data: { values: [...points] },
    mark: line,
    encoding: {
      x: xOf(rows, text.last ?? false),
      y: yOf(text, points),
      color: colorOf(names, text.colors),
      ...(text.dashes && {
        strokeDash: {
          ...colorOf(names, []),
          scale: { domain: names, range: text.dashes.map((dash) => [...dash]) },
        },
      }),
    },
  };
}

/** A thin line for each process in the colour of its role. There may be a hundred of them. */
export function processPanel(
  rows: readonly TimelineRow[],
  roles: readonly TimelineRow['role'][],
  of: (row: TimelineRow) => number,
  text: YText & { readonly last?: boolean },
) {
  const points = rows
    .filter((row) => roles.includes(row.role))
    .map((row) => ({
      seconds: middle(rows, row),
      process: `${row.role} ${row.index}`,
      value: of(row),
      what: `each ${row.role}`,
    }));
  const lines = new Set(points.map(({ process }) => process)).size;
  const roleColors = roles.map((role) => (role === 'writer' ? flowColors.in : flowColors.out));
  return {
    width,
    height: panelHeight,
    data: { values: points },
    mark: { ...line, strokeWidth: 1.2, opacity: Math.max(0.2, Math.min(1, 3 / lines)) },
    encoding: {
      x: xOf(rows, text.last ?? false),
      y: yOf(text, points),
      detail: { field: 'process', type: nominal },
      color: colorOf(
        roles.map((role) => `each ${role}`),
        roleColors,
      ),
    },
  };
}
