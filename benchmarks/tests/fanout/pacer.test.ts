import { describe, expect, it } from 'vitest';
import { sharedNow } from '../../dist/fanout/clock.js';
import { Pacer, sleepUntil } from '../../dist/fanout/pacer.js';

const dues = (pacer: Pacer, count: number) =>
  Array.from({ length: count }, () => {
    const { due } = pacer;
    pacer.advance();
    return due;
  });

describe('Pacer', () => {
  it('keeps a schedule that is fixed at the start', () => {
    const pacer = new Pacer({ startAt: 1000, writesPerSecond: 4, batch: 1, phase: 0 });
    expect(dues(pacer, 4)).toEqual([1000, 1250, 1500, 1750]);
  });

  it('lets several writers take turns', () => {
    const pacer = new Pacer({ startAt: 0, writesPerSecond: 10, batch: 1, phase: 0.5 });
    expect(dues(pacer, 3)).toEqual([50, 150, 250]);
  });

  it('counts every record of a batch', () => {
    const pacer = new Pacer({ startAt: 0, writesPerSecond: 1000, batch: 100, phase: 0 });
    expect(dues(pacer, 3)).toEqual([0, 100, 200]);
  });

  it('is always due without a rate', () => {
    const pacer = new Pacer({ startAt: 5, writesPerSecond: 0, batch: 1, phase: 0 });
    expect(dues(pacer, 3)).toEqual([5, 5, 5]);
  });

  it('does not drift over a long run', () => {
    const pacer = new Pacer({ startAt: 0, writesPerSecond: 24, batch: 1, phase: 0 });
    expect(dues(pacer, 24 * 3600 + 1).at(-1)).toBeCloseTo(3_600_000, 6);
  });
});

describe('sleepUntil', () => {
  it.each([0.3, 1.5, 7.2])('never returns early, %d ms ahead', async (ms) => {
    const at = sharedNow() + ms;
    await sleepUntil(at);
    expect(sharedNow()).toBeGreaterThanOrEqual(at);
  });

  it('returns at once when the moment has passed', async () => {
    await expect(sleepUntil(sharedNow() - 1000)).resolves.toBeUndefined();
  });
});
