import { describe, expect, it } from 'vitest';
import { defaultPoints, logSpaced } from '../../dist/crossover/config.js';

describe('logSpaced', () => {
  it('gives the 13 sizes of three to a power of ten, both ends exact', () => {
    const range = { minBytes: 100, maxBytes: 1e6, points: defaultPoints(100, 1e6) };
    expect(logSpaced(range)).toEqual([
      100, 215, 464, 1000, 2154, 4642, 10_000, 21_544, 46_416, 100_000, 215_443, 464_159, 1_000_000,
    ]);
  });

  it('ends at exactly 32 MiB', () => {
    const sizes = logSpaced({ minBytes: 100, maxBytes: 2 ** 25, points: 17 });
    expect(sizes).toHaveLength(17);
    expect(sizes.at(-1)).toBe(2 ** 25);
  });

  it('names a size once, however many points fall onto it', () => {
    expect(logSpaced({ minBytes: 1, maxBytes: 3, points: 20 })).toEqual([1, 2, 3]);
    expect(logSpaced({ minBytes: 5, maxBytes: 5, points: 2 })).toEqual([5]);
  });

  it('refuses ends that are the wrong way round', () => {
    expect(() => logSpaced({ minBytes: 10, maxBytes: 9, points: 2 })).toThrow(RangeError);
  });
});
