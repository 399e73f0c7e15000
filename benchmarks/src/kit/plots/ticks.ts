/** Ticks of logarithmic axes. */

const steps = [1, 2, 5];

/** The ticks 1, 2, 5, 10, 20 ... from the last at or under `low` to the first at or over `high`. */
export function decadeTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const ticks = Array.from({ length: last - first + 1 }, (_, decade) =>
    steps.map((step) => step * 10 ** (first + decade)),
  );
  const all = ticks.flat();
  const from = all.findLastIndex((tick) => tick <= low);
  const to = all.findIndex((tick) => tick >= high);
  return all.slice(Math.max(0, from), to + 1);
}

const powers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step));

/** The powers of ten from `low` to `high`. */
export const powersOfTenIn = (low: number, high: number): number[] =>
  powers(Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9));

/** The powers of ten from the last at or under `low` to the first at or over `high`. */
export const powersOfTenAround = (low: number, high: number): number[] =>
  powers(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)));
