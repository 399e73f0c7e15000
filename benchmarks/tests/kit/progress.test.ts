import { describe, expect, it } from 'vitest';
import { formatSeconds, secondsLeft } from '../../dist/kit/progress.js';

describe('secondsLeft', () => {
  it('goes on at the rate so far', () => {
    expect(secondsLeft(30, 1, 4)).toBe(90);
  });

  it('is unknown before anything is done', () => {
    expect(secondsLeft(30, 0, 4)).toBeUndefined();
  });
});

describe('formatSeconds', () => {
  it('says minutes from one on', () => {
    expect([0.4, 59.4, 59.6, 95].map(formatSeconds)).toEqual([
      '0 s',
      '59 s',
      '1 min 0 s',
      '1 min 35 s',
    ]);
  });
});
