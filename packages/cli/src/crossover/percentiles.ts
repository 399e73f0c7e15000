/** The latencies of many round trips, in microseconds. */
export interface Percentiles {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
}

/** The sample below or at which a share of all samples lies (nearest rank). */
export function quantile(sorted: Float64Array, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** @param samplesUs In any order; sorted in place. */
export function percentilesOf(samplesUs: Float64Array): Percentiles {
  samplesUs.sort();
  return {
    p50Us: quantile(samplesUs, 0.5),
    p99Us: quantile(samplesUs, 0.99),
    p999Us: quantile(samplesUs, 0.999),
  };
}
