/** The sizes at which arenas change their ways. */
import fc from 'fast-check';

/** Stands for the largest unit of the arena; -2 for one byte more. */
const largest = -1;
const tooLarge = -2;

const around = (limits: readonly number[]): number[] =>
  limits.flatMap((limit) => [limit - 1, limit, limit + 1]);

/** Of a cache line, a page and its header, a batch, and a pooled copy. */
const limits = around([64, 4032, 4096, 16 * 1024, 64 * 1024]);

export const sizes: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.nat(200) },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, ...limits, largest) },
  { weight: 1, arbitrary: fc.constantFrom(largest, tooLarge) },
);

export const envelopeSizes: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.nat(200) },
  { weight: 2, arbitrary: fc.constantFrom(...around([1024, 4096, 16 * 1024]), 40 * 1024) },
);

export function bytesFor(size: number, maxUnitBytes: number): number {
  if (size === largest) return maxUnitBytes;
  if (size === tooLarge) return maxUnitBytes + 1;
  return Math.min(size, maxUnitBytes);
}
