import type { TopLevelSpec } from 'vega-lite';
import { colorsOf } from '../kit/plots/palette.js';
import { log, nominal, type PlotText, quantitative, schema } from '../kit/plots/specification.js';
import { plotConfig } from '../kit/plots/theme.js';
import { decadeTicks, powersOfTenIn } from '../kit/plots/ticks.js';
import { copyingTransportOf, isArena } from '../links/transports.js';
import { type Metric, metrics } from './config.js';
import { type Comparison, compare, type Sample } from './result.js';

const width = 400;
const height = 270;

const modes = ['in place', 'zero-copy', 'copied'];
const modeShapes = ['triangle-up', 'circle', 'square'];
const modeDashes = [
  [1.5, 3],
  [1, 0],
  [6, 4],
];

const familyOf = (transport: string) =>
  isArena(transport) ? copyingTransportOf(transport) : transport;

const modeOf = (transport: string, copy: boolean) => {
  if (copy) return 'copied';
  return transport.endsWith('in-place') ? 'in place' : 'zero-copy';
};

interface Captions {
  readonly speed: string;
  readonly axis: string;
  readonly up: string;
}

const captions: Readonly<Record<Metric, Captions>> = {
  throughput: {
    speed: 'Throughput',
    axis: 'messages a second',
    up: 'Zero-copy throughput (relative)',
  },
  sends: { speed: 'Sends', axis: 'messages sent a second', up: 'Zero-copy sends (relative)' },
  latency: {
    speed: 'Latency of a round trip',
    axis: 'p50 (us)',
    up: 'Zero-copy round trips (relative)',
  },
};

/** Ticks at 1, 2, 5, 10 and so on; at powers of ten alone where these are too many to read. */
function ticksOver(values: readonly number[]): number[] {
  const ticks = decadeTicks(Math.min(...values), Math.max(...values));
  if (ticks.length <= 9) return ticks;
  const decades = ticks.filter((tick) => Math.abs(Math.log10(tick) % 1) < 1e-9);
  const [first = 1, last = 1] = [ticks[0], ticks.at(-1)];
  return [
    ...new Set([
      10 ** Math.floor(Math.log10(first)),
      ...decades,
      10 ** Math.ceil(Math.log10(last)),
    ]),
  ];
}

function xOf(sizes: readonly number[]) {
  const [min, max] = [Math.min(...sizes), Math.max(...sizes)];
  return {
    field: 'size',
    type: quantitative,
    title: 'size (bytes, log scale)',
    scale: { type: log, nice: false, padding: 14 },
    axis: { values: powersOfTenIn(min, max), format: '~s', grid: false },
  };
}

function yOf(values: readonly number[], title: string) {
  const ticks = ticksOver(values);
  return {
    field: 'value',
    type: quantitative,
    title,
    scale: { type: log, domain: [ticks[0] ?? 1, ticks.at(-1) ?? 1], nice: false },
    axis: { values: ticks, format: (ticks[0] ?? 1) < 1 ? '~g' : '~s' },
  };
}

/** One legend for the colours, one for markers and dashes; all charts share them. */
function encodingsOf(families: readonly string[], present: readonly string[]) {
  const domain = modes.filter((mode) => present.includes(mode));
  const pick = <T>(all: readonly T[]) => domain.map((mode) => all[modes.indexOf(mode)] as T);
  const legend = { title: 'bytes', symbolSize: 70 };
  return {
    color: {
      field: 'family',
      type: nominal,
      scale: { domain: [...families], range: colorsOf(families) },
      legend: { title: 'transport' },
    },
    shape: { field: 'mode', type: nominal, scale: { domain, range: pick(modeShapes) }, legend },
    strokeDash: {
      field: 'mode',
      type: nominal,
      scale: { domain, range: pick(modeDashes) },
      legend,
    },
  };
}

type Encodings = ReturnType<typeof encodingsOf>;

interface Point {
  readonly size: number;
  readonly value: number;
  readonly family: string;
  readonly mode: string;
}

const pointOf = ({ metric, transport, copy, sizeBytes, perSecond, p50Us }: Sample): Point => ({
  size: sizeBytes,
  value: metric === 'latency' ? (p50Us ?? 1e6 / perSecond) : perSecond,
  family: familyOf(transport),
  mode: modeOf(transport, copy),
});

const mean = { aggregate: 'mean' as const };

/** Every run as a point, and a line through their means. */
function speedChart(samples: readonly Sample[], metric: Metric, encodings: Encodings) {
  const points = samples.filter((sample) => sample.metric === metric).map(pointOf);
  const { color, shape, strokeDash } = encodings;
  const x = xOf(points.map((point) => point.size));
  const y = yOf(
    points.map((point) => point.value),
    `${captions[metric].axis} (log scale)`,
  );
  return {
    title: captions[metric].speed,
    width,
    height,
    data: { values: points },
    layer: [
      {
        mark: { type: 'line' as const, strokeWidth: 1.6 },
        encoding: { x, y: { ...y, ...mean }, color, strokeDash },
      },
      {
        mark: { type: 'point' as const, filled: true, size: 26, opacity: 0.7 },
        encoding: { x, y, color, shape },
      },
    ],
  };
}

/** Zero-copy against copying, with a line where both are equal and a band where they cross. */
function speedUpChart(comparisons: readonly Comparison[], metric: Metric, encodings: Encodings) {
  const ofMetric = comparisons.filter((one) => one.metric === metric);
  const series = ({ transport }: Comparison) => ({
    family: familyOf(transport),
    mode: modeOf(transport, false),
  });
  const points = ofMetric.flatMap((one) =>
    one.speedUps.map(({ sizeBytes, ratio }) => ({
      size: sizeBytes,
      value: ratio,
      ...series(one),
    })),
  );
  const crossings = ofMetric.flatMap((one) => {
    const { bytes, low, high } = one.crossing;
    return bytes === null
      ? []
      : [{ size: bytes, low: low ?? bytes, high: high ?? bytes, ...series(one) }];
  });
  const { color, shape, strokeDash } = encodings;
  const x = xOf(points.map((point) => point.size));
  const y = yOf([...points.map((point) => point.value), 0.8, 1.25], 'zero-copy / copied');
  return {
    title: captions[metric].up,
    width,
    height,
    data: { values: points },
    layer: [
      {
        data: { values: crossings },
        mark: { type: 'rect' as const, opacity: 0.12 },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
      },
      {
        data: { values: [{ value: 1 }] },
        mark: { type: 'rule' as const, color: '#555', strokeWidth: 1 },
        encoding: { y },
      },
      {
        data: { values: crossings },
        mark: { type: 'rule' as const, strokeWidth: 1.4 },
        encoding: { x, color, strokeDash },
      },
      { mark: { type: 'line' as const, strokeWidth: 1.6 }, encoding: { x, y, color, strokeDash } },
      {
        mark: { type: 'point' as const, filled: true, size: 34, opacity: 1 },
        encoding: { x, y, color, shape },
      },
    ],
  };
}

/**
 * Draws two charts for every metric: what was measured over the size, and beside it how much faster
 * zero-copy is than copying. Above 1 zero-copy pays. The band is the 95 % interval of the crossing.
 */
export function crossoverPlotSpec(
  samples: readonly Sample[],
  { title, subtitle }: PlotText = {},
): TopLevelSpec {
  const comparisons = compare(samples);
  const families = [...new Set(samples.map((sample) => familyOf(sample.transport)))];
  const present = [...new Set(samples.map(({ transport, copy }) => modeOf(transport, copy)))];
  const encodings = encodingsOf(families, present);
  const rows = metrics
    .filter((metric) => samples.some((sample) => sample.metric === metric))
    .map((metric) => ({
      hconcat: [
        speedChart(samples, metric, encodings),
        ...(comparisons.some((one) => one.metric === metric)
          ? [speedUpChart(comparisons, metric, encodings)]
          : []),
      ],
    }));
  return {
    $schema: schema,
    title: {
      text: title ?? 'Where zero-copy starts to pay',
      subtitle: [
        ...(subtitle === undefined ? [] : [subtitle]),
        'Points are runs, lines their means; the band is the 95 % interval of the crossing.',
      ],
    },
    vconcat: rows,
    config: plotConfig,
  };
}
