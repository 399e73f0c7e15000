import { describe, expect, it } from 'vitest';
import {
  estimate,
  marginalSeconds,
  mean,
  median,
  standardDeviation,
} from '../../dist/kit/statistics.js';

describe('estimate', () => {
  it('spans 4.303 standard errors with three samples, as Student has it', () => {
    const { mean: center, low, high } = estimate([9, 10, 11]);
    expect(center).toBe(10);
    expect(high - center).toBeCloseTo(4.303 / Math.sqrt(3), 9);
    expect(center - low).toBeCloseTo(4.303 / Math.sqrt(3), 9);
  });

  it('comes close to the normal distribution with many samples', () => {
    const samples = Array.from({ length: 400 }, (_, index) => index % 2);
    const { mean: center, high } = estimate(samples);
    const standardError = standardDeviation(samples) / Math.sqrt(400);
    expect((high - center) / standardError).toBeCloseTo(1.966, 3);
  });

  it('has no width with a single sample', () => {
    expect(estimate([7])).toEqual({ mean: 7, low: 7, high: 7 });
  });
});

describe('marginalSeconds', () => {
  const constant = 0.105;
  const pass = (items: number, perItem: number) => constant + items * perItem;

  it('does not see what a pass costs whatever its length', () => {
    const long = { items: 16, seconds: [pass(16, 0.002), pass(16, 0.002)] };
    const short = { items: 8, seconds: [pass(8, 0.002), pass(8, 0.002)] };
    expect(marginalSeconds(long, short)).toBeCloseTo(0.002, 12);
  });

  it('is not moved by one disturbed pass', () => {
    const long = { items: 16, seconds: [pass(16, 0.002), 9, pass(16, 0.002)] };
    const short = { items: 8, seconds: [pass(8, 0.002), pass(8, 0.002), pass(8, 0.002)] };
    expect(marginalSeconds(long, short)).toBeCloseTo(0.002, 12);
  });

  it('is unknown where the lengths are equal', () => {
    const passes = { items: 1, seconds: [1, 2] };
    expect(marginalSeconds(passes, passes)).toBeUndefined();
  });

  it('is unknown where the longer passes took no longer', () => {
    const long = { items: 16, seconds: [1] };
    const short = { items: 8, seconds: [1] };
    expect(marginalSeconds(long, short)).toBeUndefined();
  });
});

describe('median and mean', () => {
  it('take the middle, and the centre', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(mean([1, 2, 6])).toBe(3);
  });
});
