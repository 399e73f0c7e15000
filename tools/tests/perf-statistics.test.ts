import { describe, expect, it } from 'vitest';
import { generator, intervalOfMedian, levelFor } from '../perf/comparing/statistics.js';
import { smallestSeen, verdictOfCounts, verdictOfRatio } from '../perf/comparing/verdict.js';

/** Ratios around `center`, spread evenly by up to `spread` to both sides. */
function ratios(random: () => number, count: number, center: number, spread: number): number[] {
  return Array.from({ length: count }, () => center * (1 + spread * (2 * random() - 1)));
}

describe('the interval of a median', () => {
  it('is the same for the same values, in any order', () => {
    const values = [1.1, 0.9, 1.0, 1.2, 1.05, 0.95, 1.01, 0.99];
    expect(intervalOfMedian(values, 0.95)).toEqual(intervalOfMedian(values.toReversed(), 0.95));
  });

  it('holds the true median about as often as its level says', () => {
    const random = generator(7);
    const held = Array.from({ length: 100 }, () =>
      intervalOfMedian(ratios(random, 12, 1, 0.1), 0.95),
    ).filter(({ low, high }) => low <= 1 && high >= 1);
    expect(held.length / 100).toBeGreaterThan(0.88);
  });

  it('is wider for more comparisons', () => {
    const values = ratios(generator(1), 16, 1, 0.1);
    const [one, many] = [1, 25].map((count) => intervalOfMedian(values, levelFor(count)));
    expect(many?.high).toBeGreaterThan(one?.high ?? 0);
    expect(many?.low).toBeLessThan(one?.low ?? 0);
  });

  it('ignores one wild value', () => {
    const values = [...ratios(generator(2), 15, 1, 0.01), 40];
    const { low, high } = intervalOfMedian(values, 0.95);
    expect([low > 0.98, high < 1.02]).toEqual([true, true]);
  });
});

describe('the verdict of a ratio', () => {
  it.each([
    ['slower', { median: 1.2, low: 1.1, high: 1.3 }],
    ['faster', { median: 0.8, low: 0.7, high: 0.9 }],
    ['same', { median: 1, low: 0.97, high: 1.03 }],
    ['too noisy to tell', { median: 1.06, low: 1.02, high: 1.1 }],
    ['too noisy to tell', { median: 1, low: 0.8, high: 1.2 }],
  ])('is %s', (verdict, ratio) => {
    expect(verdictOfRatio(ratio, 0.05)).toBe(verdict);
  });

  it('comes with the smallest growth that the interval would have shown', () => {
    expect(smallestSeen({ median: 1, low: 0.98, high: 1.02 }, 0.05)).toBeCloseTo(1.05 / 0.98 - 1);
  });
});

describe('the verdict of a count', () => {
  it('is slower when one more system call comes with each item', () => {
    expect(verdictOfCounts('calls', [2, 2], [3, 3])).toBe('slower');
  });

  it('is slower when something is counted that was not there', () => {
    expect(verdictOfCounts('copied', [0, 0], [65536, 65536])).toBe('slower');
  });

  it('does not see what is only rounding', () => {
    expect(verdictOfCounts('heap', [979.7, 979.8], [980.1, 979.9])).toBe('same');
  });

  it('is open while runs of the same code differ', () => {
    expect(verdictOfCounts('calls', [14, 11.2], [20, 20])).toBe('too noisy to tell');
  });

  it('is faster when less is counted', () => {
    expect(verdictOfCounts('allocations', [17, 17], [12, 12])).toBe('faster');
  });
});
