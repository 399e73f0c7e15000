import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findCrossing, type Speed, smallPenalty, speedUps } from '../../dist/crossover/crossing.js';
import { compare } from '../../dist/crossover/result.js';
import { samplesFromJson } from '../../dist/crossover/sample-files.js';

/** Runs at sizes, with how many times faster zero-copy is. */
const speedsOf = (ratios: Record<number, number>, runs = 1): Speed[] =>
  Object.entries(ratios).flatMap(([size, ratio]) =>
    Array.from({ length: runs }, () => [
      { sizeBytes: Number(size), copy: true, perSecond: 1000 },
      { sizeBytes: Number(size), copy: false, perSecond: 1000 * ratio },
    ]).flat(),
  );

describe('the 85 points that were measured of ZeroMQ', () => {
  const text = readFileSync(new URL('../fixtures/crossover-zeromq.json', import.meta.url), 'utf8');
  const samples = samplesFromJson(text);
  const comparisons = compare(samples);
  const [throughput, sends] = comparisons;

  it('are 85 runs with throughput and sends each', () => {
    expect(JSON.parse(text)).toHaveLength(85);
    expect(samples).toHaveLength(170);
    expect(comparisons.map((one) => one.metric)).toEqual(['throughput', 'sends']);
  });

  it('cross by throughput between 464 kB and 1 MB', () => {
    expect(throughput?.crossing.between).toEqual([464_158, 1_000_000]);
    expect(throughput?.crossing.bytes).toBeGreaterThan(464_158);
    expect(throughput?.crossing.bytes).toBeLessThan(1_000_000);
  });

  it('cross by sends between 10 and 15 kB', () => {
    expect(sends?.crossing.between).toEqual([10_000, 14_677]);
    expect(sends?.crossing.low).toBeGreaterThan(10_000);
    expect(sends?.crossing.high).toBeLessThan(14_677);
  });

  it('have a penalty of 2.3 times at 100 B', () => {
    const [smallest] = throughput?.speedUps ?? [];
    expect(smallest?.sizeBytes).toBe(100);
    expect(1 / (smallest?.ratio ?? 0)).toBeCloseTo(2.3, 1);
  });

  it('pay 4.9 us for a small send without a copy', () => {
    expect(sends?.penalty.sizeBytes).toBe(100);
    expect(sends?.penalty.us).toBeCloseTo(4.94, 2);
    expect(sends?.penalty.lowUs).toBeCloseTo(4.89, 2);
    expect(sends?.penalty.highUs).toBeCloseTo(5.0, 2);
  });

  it('send 44 times as fast without a copy at 1 MB', () => {
    const largest = sends?.speedUps.at(-1);
    expect(largest?.sizeBytes).toBe(1_000_000);
    expect(largest?.ratio).toBeCloseTo(44.1, 1);
  });
});

describe('findCrossing', () => {
  it('lies where the ratios, on logarithmic axes, cross 1', () => {
    const { bytes, between } = findCrossing(speedsOf({ 100: 0.5, 1000: 0.5, 100000: 2 }));
    expect(bytes).toBeCloseTo(10_000, 6);
    expect(between).toEqual([1000, 100_000]);
  });

  it('has the neighbouring sizes as its interval where each has a single run', () => {
    const crossing = findCrossing(speedsOf({ 100: 0.5, 1000: 4 }));
    expect([crossing.low, crossing.high]).toEqual([100, 1000]);
  });

  it('has an interval around it where the runs differ, the same every time', () => {
    const speeds = speedsOf({ 100: 0.5, 1000: 0.9, 10000: 1.2, 100000: 3 }, 5).map(
      (speed, index) => ({ ...speed, perSecond: speed.perSecond * (1 + (index % 7) / 20) }),
    );
    const crossing = findCrossing(speeds);
    expect(crossing.low).toBeLessThan(crossing.bytes ?? 0);
    expect(crossing.high).toBeGreaterThan(crossing.bytes ?? 0);
    expect(findCrossing(speeds)).toEqual(crossing);
  });

  it('is not moved by a single disturbed size', () => {
    const ratios = { 100: 0.5, 1000: 0.6, 10000: 1.5, 100000: 2, 1000000: 0.97 };
    expect(findCrossing(speedsOf(ratios)).between).toEqual([1000, 10_000]);
  });

  it('does not exist when copying or zero-copy wins at every size', () => {
    const none = { bytes: null, low: null, high: null };
    expect(findCrossing(speedsOf({ 100: 2, 1000: 3 }))).toEqual({ ...none, between: [null, 100] });
    expect(findCrossing(speedsOf({ 100: 0.2, 1000: 0.3 }))).toEqual({
      ...none,
      between: [1000, null],
    });
  });

  it('ignores sizes that were measured one way only', () => {
    const speeds = speedsOf({ 100: 0.5, 1000: 2 });
    const alone = { sizeBytes: 500, copy: true, perSecond: 1 };
    expect(findCrossing([...speeds, alone])).toEqual(findCrossing(speeds));
    expect(speedUps([alone])).toEqual([]);
    expect(smallPenalty([alone])).toBeUndefined();
  });
});
