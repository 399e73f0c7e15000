import type { TopLevelSpec } from 'vega-lite';
import { flowColors } from '../kit/plots/palette.js';
import { nominal, quantitative, schema } from '../kit/plots/specification.js';
import { plotConfig } from '../kit/plots/theme.js';
import type { FanoutConfig } from './config.js';
import { plotTitle } from './plot-title.js';
import type { FanoutResult } from './result.js';
import type { TimelineRow } from './timeline.js';

const width = 560;
const panelHeight = 110;

const line = { type: 'line', strokeWidth: 1.8, strokeJoin: 'round' } as const;

const solid = [1, 0];

/** One figure over all processes of an interval, at its middle. */
interface Point {
  readonly seconds: number;
  readonly what: string;
  readonly value: number;
}

/** The middle of an interval. All intervals are as long as the first one. */
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
function panel(rows: readonly TimelineRow[], points: readonly Point[], text: PanelText) {
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

function ratePanel(rows: readonly TimelineRow[], { writesPerSecond }: FanoutConfig) {
  const reached = overTime(rows, 'writer', 'reached', (row) => row.recordsPerSecond);
  const target =
    writesPerSecond === 0
      ? []
      : reached.map((point) => ({ ...point, what: 'target', value: writesPerSecond }));
  // The target is dashed and drawn last, so that both lines are seen where they are equal.
  return panel(rows, [...reached, ...target], {
    y: 'writes/s',
    colors: writesPerSecond === 0 ? [flowColors.in] : [flowColors.in, flowColors.target],
    dashes: writesPerSecond === 0 ? [solid] : [solid, [3, 3]],
  });
}

const bytesPanel = (rows: readonly TimelineRow[]) =>
  panel(
    rows,
    [
      ...overTime(rows, 'reader', 'out, all readers', (row) => row.mbPerSecond),
      ...overTime(rows, 'writer', 'in', (row) => row.mbPerSecond),
    ],
    { y: 'MB/s', colors: [flowColors.out, flowColors.in] },
  );

/** A thin line for each process in the colour of its role. There may be a hundred of them. */
function processPanel(
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

const lagPanel = (rows: readonly TimelineRow[]) =>
  processPanel(rows, ['reader'], (row) => row.lag, { y: 'records behind', step: 1 });

const hindrances = [
  {
    role: 'writer',
    what: 'writer waits',
    of: (row: TimelineRow) => row.waits,
    color: flowColors.in,
  },
  {
    role: 'writer',
    what: 'writes given up',
    of: (row: TimelineRow) => row.full,
    color: flowColors.given,
  },
  {
    role: 'reader',
    what: 'records lost',
    of: (row: TimelineRow) => row.lost,
    color: flowColors.out,
  },
] as const;

/** Waits, writes given up and records lost, if there were any. */
function hindrancePanels(rows: readonly TimelineRow[]) {
  const present = hindrances.filter(({ role, of }) =>
    rows.some((row) => row.role === role && of(row) > 0),
  );
  if (present.length === 0) return [];
  const seconds = rows[0]?.seconds ?? 1;
  const points = present.flatMap(({ role, what, of }) =>
    overTime(rows, role, what, (row) => of(row) / seconds),
  );
  return [panel(rows, points, { y: 'per second', colors: present.map(({ color }) => color) })];
}

/** CPU of each process; with several of a role, of all of them together as well. */
function cpuPanels(rows: readonly TimelineRow[]) {
  const each = processPanel(rows, ['writer', 'reader'], (row) => row.cpu, {
    y: 'CPU (cores)',
    last: true,
  });
  if (rows.every(({ index }) => index === 0)) return [each];
  const sums = [
    ...overTime(rows, 'writer', 'all writers', (row) => row.cpu),
    ...overTime(rows, 'reader', 'all readers', (row) => row.cpu),
  ];
  return [panel(rows, sums, { y: 'CPU (cores)', colors: [flowColors.in, flowColors.out] }), each];
}

/** Draws rates, bytes, lag, hindrances and CPU under each other over the same time. */
export function fanoutPlotSpec(rows: readonly TimelineRow[], result: FanoutResult): TopLevelSpec {
  const { config } = result;
  return {
    $schema: schema,
    title: plotTitle(result),
    vconcat: [
      ratePanel(rows, config),
      bytesPanel(rows),
      lagPanel(rows),
      ...hindrancePanels(rows),
      ...cpuPanels(rows),
    ],
    spacing: 16,
    resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
    config: plotConfig,
  };
}
