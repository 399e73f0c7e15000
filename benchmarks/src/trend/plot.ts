import type { TopLevelSpec } from 'vega-lite';
import { palette } from '../kit/plots/palette.js';
import { nominal, type PlotText, quantitative, schema } from '../kit/plots/specification.js';
import { plotConfig } from '../kit/plots/theme.js';
import type { TrendRow } from './csv.js';

const chartWidth = 250;
const chartHeight = 90;
const chartsInRow = 3;

/** One nanosecond is too small a unit for most items. */
const timeUnits = [
  [1e6, 'ms'],
  [1e3, 'us'],
  [1, 'ns'],
] as const;

const quantities: Readonly<Record<string, string>> = {
  wall: 'time',
  cpu: 'CPU time',
  instructions: 'instructions',
  calls: 'system calls',
  wakeUps: 'wake-ups',
  copied: 'bytes copied',
  allocations: 'allocations',
  heap: 'bytes of heap',
};

const isTime = (quantity: string) => quantity === 'wall' || quantity === 'cpu';

interface Series {
  readonly title: string;
  readonly quantity: string;
  readonly rows: readonly TrendRow[];
}

/** `@arena/transport-pool` becomes `transport-pool`. */
const shortName = (name: string) => name.slice(name.lastIndexOf('/') + 1);

/**
 * One series for each quantity of each measurement. A count that never changed is left out: it would be a
 * flat line without a band.
 */
export function seriesOf(rows: readonly TrendRow[]): Series[] {
  const groups = new Map<string, TrendRow[]>();
  for (const row of rows) {
    const key = [row.package, row.measurement, row.quantity].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()]
    .filter(([first, ...rest]) => isChanging(first as TrendRow, rest))
    .map((group) => {
      const { package: name, measurement, quantity } = group[0] as TrendRow;
      return { title: `${shortName(name)}: ${measurement}`, quantity, rows: group };
    });
}

function isChanging(first: TrendRow, rest: readonly TrendRow[]): boolean {
  if (isTime(first.quantity) || first.quantity === 'instructions') return true;
  const slack = Math.max(0.005 * Math.abs(first.median), 0.1);
  return rest.some(({ median }) => Math.abs(median - first.median) > slack);
}

function unitOf({ quantity, rows }: Series): readonly [factor: number, name: string] {
  const name = quantities[quantity] ?? quantity;
  if (!isTime(quantity)) return [1, name];
  const largest = Math.max(...rows.map(({ median }) => median));
  const [factor, unit] = timeUnits.find(([size]) => largest >= size) ?? [1, 'ns'];
  return [factor, `${name} (${unit})`];
}

function chartOf(series: Series) {
  const [factor, axis] = unitOf(series);
  const values = series.rows.map(({ commit, at, median, low, high }, index) => ({
    // Numbered, because a commit may be recorded twice.
    run: `${index}:${commit}`,
    at,
    median: median / factor,
    low: low / factor,
    high: high / factor,
  }));
  const x = {
    field: 'run',
    type: nominal,
    sort: null,
    title: null,
    axis: { labelExpr: "split(datum.value, ':')[1]", labelAngle: -45, labelLimit: 60 },
  };
  const y = { type: quantitative, title: axis, scale: { zero: true } };
  return {
    title: { text: series.title, fontSize: 11, offset: 6 },
    width: chartWidth,
    height: chartHeight,
    data: { values },
    layer: [
      {
        mark: { type: 'area' as const, opacity: 0.2, color: palette.blue },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        mark: { type: 'line' as const, strokeWidth: 1.6, color: palette.blue, point: { size: 22 } },
        encoding: { x, y: { ...y, field: 'median' } },
      },
    ],
  };
}

/** `list` in parts of at most `size`. */
const inRows = <Item>(list: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, row) =>
    list.slice(row * size, (row + 1) * size),
  );

/** Draws each quantity over the commits, in the order in which they were recorded. */
export function trendPlotSpec(
  rows: readonly TrendRow[],
  { title, subtitle }: PlotText = {},
): TopLevelSpec {
  return {
    $schema: schema,
    title: {
      text: title ?? 'What an item takes, commit by commit',
      subtitle: [
        ...(subtitle === undefined ? [] : [subtitle]),
        'Points are medians. The band is their 95 % interval: the noise of the machine. Counts that never changed are left out.',
      ],
    },
    vconcat: inRows(seriesOf(rows), chartsInRow).map((charts) => ({
      hconcat: charts.map(chartOf),
    })),
    config: plotConfig,
  };
}
