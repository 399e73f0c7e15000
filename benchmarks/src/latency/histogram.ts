/** Buckets in a power of ten. Each is 26 % wider than the bucket before. */
const perDecade = 10;

/** Samples between two latencies. */
export interface Bucket {
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
}

const edge = (index: number) => 10 ** (index / perDecade);

/** How many samples lie in each bucket of a logarithmic scale; empty ones are left out. */
export function histogramOf(samplesUs: Float64Array): Bucket[] {
  const counts = new Map<number, number>();
  for (const sample of samplesUs) {
    const index = Math.floor(perDecade * Math.log10(Math.max(sample, 1e-3)) + 1e-9);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([index, count]) => ({ fromUs: edge(index), toUs: edge(index + 1), count }));
}

const bars = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The bucket whose lower edge is at `fromUs`. */
const indexOf = ({ fromUs }: Bucket) => Math.round(perDecade * Math.log10(fromUs));

/** First and last bucket of drawn histograms that stand under each other. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** The span that holds the buckets of all histograms. */
export function spanOf(histograms: readonly (readonly Bucket[])[]): Span {
  const indices = histograms.flat().map(indexOf);
  return { first: Math.min(...indices), last: Math.max(...indices) };
}

/** One character for each bucket, as high as its share of the fullest bucket. A single sample shows. */
export function drawHistogram(histogram: readonly Bucket[], { first, last }: Span): string {
  const most = Math.max(...histogram.map((bucket) => bucket.count));
  const heights = new Map(
    histogram.map((bucket) => [
      indexOf(bucket),
      Math.max(1, Math.round((bucket.count / most) * (bars.length - 1))),
    ]),
  );
  return Array.from(
    { length: last - first + 1 },
    (_, offset) => bars[heights.get(first + offset) ?? 0],
  ).join('');
}

const labels: readonly [number, string][] = [
  [-1, '0.1'],
  [0, '1'],
  [1, '10'],
  [2, '100'],
  [3, '1 ms'],
  [4, '10 ms'],
  [5, '100 ms'],
  [6, '1 s'],
];

/** The scale above drawn histograms: microseconds at every power of ten. */
export function drawScale({ first, last }: Span): string {
  const line = Array.from({ length: last - first + 8 }, () => ' ');
  for (const [power, label] of labels) {
    const at = power * perDecade - first;
    if (at < 0 || at > last - first) continue;
    for (const [offset, letter] of [...`|${label}`].entries()) line[at + offset] = letter;
  }
  return line.join('').trimEnd();
}
