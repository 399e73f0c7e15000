import type { TopLevelSpec } from 'vega-lite';
import { flowColors } from '../kit/plots/palette.js';
import { schema } from '../kit/plots/specification.js';
import { plotConfig } from '../kit/plots/theme.js';
import type { FanoutConfig } from './config.js';
import { overTime, panel, processPanel } from './plot-panels.js';
import { plotTitle } from './plot-title.js';
import type { FanoutResult } from './result.js';
import type { TimelineRow } from './timeline.js';

const solid = [1, 0];

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
