import { mean } from '../kit/statistics.js';

/** How fast one run was at one size, with copies or without. */
export interface Speed {
  readonly sizeBytes: number;
  readonly copy: boolean;
  /** Messages, sends or round trips a second. */
  readonly perSecond: number;
}

/** The crossing of copying and zero-copy. */
export interface Crossing {
  /** The size at which both are equally fast; null when one of them is faster at every size. */
  readonly bytes: number | null;
  /** 95 % interval of `bytes` over the runs; with a single run, the neighbouring sizes. */
  readonly low: number | null;
  readonly high: number | null;
  /** The nearest measured sizes below and above; null where there is none. */
  readonly between: readonly [number | null, number | null];
}

export interface SpeedUp {
  readonly sizeBytes: number;
  /** Zero-copy against copying; above 1 zero-copy is faster. */
  readonly ratio: number;
}

interface Samples {
  readonly sizeBytes: number;
  readonly copied: readonly number[];
  readonly zeroCopy: readonly number[];
}

function samplesOf(speeds: readonly Speed[]): Samples[] {
  const sizes = [...new Set(speeds.map((speed) => speed.sizeBytes))].sort((a, b) => a - b);
  const at = (sizeBytes: number, copy: boolean) =>
    speeds
      .filter((speed) => speed.sizeBytes === sizeBytes && speed.copy === copy)
      .map((speed) => speed.perSecond);
  return sizes
    .map((sizeBytes) => ({
      sizeBytes,
      copied: at(sizeBytes, true),
      zeroCopy: at(sizeBytes, false),
    }))
    .filter(({ copied, zeroCopy }) => copied.length > 0 && zeroCopy.length > 0);
}

const ratioOf = ({ copied, zeroCopy }: Samples) => mean(zeroCopy) / mean(copied);

/** Zero-copy against copying at every size that was measured with both, by size. */
export const speedUps = (speeds: readonly Speed[]): SpeedUp[] =>
  samplesOf(speeds).map((samples) => ({ sizeBytes: samples.sizeBytes, ratio: ratioOf(samples) }));

/**
 * Number of sizes that should be copied. The sizes are split where the wrong choices cost least; the cost is
 * the sum of the logarithms of the ratios. A single disturbed size does not move this split, but it would
 * move the last change of sign.
 */
function splitOf(ratios: readonly number[]): number {
  const logs = ratios.map(Math.log);
  let loss = logs.reduce((sum, log) => sum + Math.max(0, -log), 0);
  let [best, least] = [0, loss];
  for (const [index, log] of logs.entries()) {
    loss += log;
    if (loss < least - 1e-12) [best, least] = [index + 1, loss];
  }
  return best;
}

/** Where a straight line through both neighbours, on logarithmic axes, crosses a ratio of 1. */
function interpolate(below: SpeedUp, above: SpeedUp): number {
  const [from, to] = [Math.log(below.ratio), Math.log(above.ratio)];
  // Where neighbouring sizes were disturbed, both may lie on the same side of 1.
  const share = from < 0 && to > 0 ? from / (from - to) : 0.5;
  return below.sizeBytes * (above.sizeBytes / below.sizeBytes) ** share;
}

function crossingOf(ups: readonly SpeedUp[]): Pick<Crossing, 'bytes' | 'between'> {
  const split = splitOf(ups.map((up) => up.ratio));
  const [below, above] = [ups[split - 1], ups[split]];
  const between = [below?.sizeBytes ?? null, above?.sizeBytes ?? null] as const;
  return { bytes: below && above ? interpolate(below, above) : null, between };
}

/** A small generator with a fixed seed, so that the same data give the same interval. */
function randomNumbers(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

const resamples = 2000;

/** The middle 95 % of the crossings of random resamplings of these runs. */
function bootstrap(samples: readonly Samples[]): [number, number] {
  const random = randomNumbers();
  const redraw = (values: readonly number[]) =>
    values.map(() => values[Math.floor(random() * values.length)] as number);
  const ends = [samples[0]?.sizeBytes ?? 0, samples.at(-1)?.sizeBytes ?? 0];
  const crossings = Array.from({ length: resamples }, () => {
    const ups = samples.map(({ sizeBytes, copied, zeroCopy }) => ({
      sizeBytes,
      ratio: mean(redraw(zeroCopy)) / mean(redraw(copied)),
    }));
    const { bytes, between } = crossingOf(ups);
    return bytes ?? (between[0] === null ? ends[0] : ends[1]) ?? 0;
  }).sort((a, b) => a - b);
  const at = (share: number) => crossings[Math.round(share * (resamples - 1))] as number;
  return [at(0.025), at(0.975)];
}

/**
 * The size above which zero-copy is faster, from the data alone.
 *
 * @param speeds Runs of both kinds, in any order. Sizes with runs of one kind only do not count.
 */
export function findCrossing(speeds: readonly Speed[]): Crossing {
  const samples = samplesOf(speeds);
  const { bytes, between } = crossingOf(speedUps(speeds));
  if (bytes === null) return { bytes, low: null, high: null, between };
  const repeated = samples.every(
    ({ copied, zeroCopy }) => copied.length > 1 && zeroCopy.length > 1,
  );
  const [low, high] = repeated ? bootstrap(samples) : (between as [number, number]);
  return { bytes, low, high, between };
}

/** The extra time of zero-copy for a single small message. */
export interface Penalty {
  readonly sizeBytes: number;
  /** Additional microseconds of a message without a copy. The range is over the runs. */
  readonly us: number;
  readonly lowUs: number;
  readonly highUs: number;
}

/** The penalty at the smallest size that was measured both ways; `undefined` where there is none. */
export function smallPenalty(speeds: readonly Speed[]): Penalty | undefined {
  const [smallest] = samplesOf(speeds);
  if (!smallest) return undefined;
  const copiedUs = 1e6 / mean(smallest.copied);
  const extraUs = smallest.zeroCopy.map((perSecond) => 1e6 / perSecond - copiedUs);
  return {
    sizeBytes: smallest.sizeBytes,
    us: 1e6 / mean(smallest.zeroCopy) - copiedUs,
    lowUs: Math.min(...extraUs),
    highUs: Math.max(...extraUs),
  };
}
