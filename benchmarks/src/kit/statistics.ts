/** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const tQuantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];

/** The quantile for more degrees of freedom than the table has, within 0.1 %. */
const tQuantile = (freedom: number) => tQuantiles[freedom - 1] ?? 1.96 + 2.4 / freedom;

export interface Estimate {
  readonly mean: number;
  /** Bounds of the 95 % confidence interval of the mean; both the mean where there is one sample. */
  readonly low: number;
  readonly high: number;
}

/** The arithmetic mean; NaN of nothing. */
export const mean = (samples: readonly number[]): number =>
  samples.reduce((sum, sample) => sum + sample, 0) / samples.length;

/** The middle sample, or the mean of the two in the middle; NaN of nothing. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1));
}

/** The sample standard deviation (n - 1); 0 of a single sample. */
export function standardDeviation(samples: readonly number[]): number {
  if (samples.length < 2) return 0;
  const center = mean(samples);
  const squares = samples.reduce((sum, sample) => sum + (sample - center) ** 2, 0);
  return Math.sqrt(squares / (samples.length - 1));
}

/**
 * Mean and 95 % confidence interval by Student's t.
 *
 * This is intentional: the passes are few (3 by default). For these the normal approximation would give
 * an interval less than half as wide as it should be (1.96 instead of 4.30 standard errors).
 */
export function estimate(samples: readonly number[]): Estimate {
  const center = mean(samples);
  if (samples.length < 2) return { mean: center, low: center, high: center };
  const half =
    (tQuantile(samples.length - 1) * standardDeviation(samples)) / Math.sqrt(samples.length);
  return { mean: center, low: center - half, high: center + half };
}

export interface Passes {
  readonly items: number;
  /** Seconds of each pass over `items` items. */
  readonly seconds: readonly number[];
}

/**
 * Seconds of one more item: the slope between the medians of passes of two lengths. The start and end of a
 * pass do not change it, and a disturbed pass does not either.
 *
 * @returns `undefined` where the lengths are equal or the noise exceeds the difference.
 */
export function marginalSeconds(long: Passes, short: Passes): number | undefined {
  const items = long.items - short.items;
  const slope = (median(long.seconds) - median(short.seconds)) / items;
  return items > 0 && slope > 0 ? slope : undefined;
}

/** The sample below or at which a share of all samples lies (nearest rank). */
export function quantile(sorted: Float64Array, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}
