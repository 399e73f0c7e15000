import type { TopLevelSpec } from 'vega-lite';
import { type PlotText, schema } from '../kit/plots/specification.js';
import { plotConfig } from '../kit/plots/theme.js';
import { type Metric, metrics } from './config.js';
import { type Encodings, encodingsOf, familyOf, modeOf, xOf, yOf } from './plot-axes.js';
import { type Comparison, compare, type Sample } from './result.js';

const width = 400;
const height = 270;

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
