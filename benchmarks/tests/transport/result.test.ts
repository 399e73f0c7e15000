import { describe, expect, it } from 'vitest';
import { betterLimit, type CopyLimit } from '../../dist/kit/copy-limit.js';
import type { Cell } from '../../dist/transport/config.js';
import { type CellResult, rowsOf } from '../../dist/transport/result.js';

const limit: CopyLimit = {
  copyInMbPerSecond: 200,
  copyInMethod: 'memcpy',
  copyInOutMbPerSecond: 100,
  copyInOutMethod: 'memcpy',
};

const cell = (transport: Cell['transport'], given: Partial<Cell> = {}): Cell => ({
  sizeMiB: 1,
  kind: 'bytes',
  transport,
  ...given,
});

const result = (secondsPerItem: number, given: Partial<CellResult> = {}): CellResult => ({
  payloadBytes: 1_000_000,
  long: { items: 10, seconds: [10 * secondsPerItem, 10 * secondsPerItem] },
  short: { items: 5, seconds: [5 * secondsPerItem, 5 * secondsPerItem] },
  producerCpuSeconds: 2,
  consumerCpuSeconds: 1,
  peakMemoryBytes: 5_000_000,
  ...given,
});

describe('rowsOf', () => {
  it('turns passes into throughput, its interval, its marginal cost and its share', () => {
    const [row] = rowsOf([{ cell: cell('pool'), result: result(0.01), limit }]);
    expect(row).toEqual({
      sizeMiB: 1,
      kind: 'bytes',
      transport: 'pool',
      itemsPerSecond: 100,
      mbPerSecond: 100,
      mbPerSecondLow: 100,
      mbPerSecondHigh: 100,
      speedup: 1,
      cpuSeconds: 3,
      producerCpuSeconds: 2,
      consumerCpuSeconds: 1,
      peakMemoryMB: 5,
      limitShare: 0.5,
      marginalUsPerItem: expect.closeTo(10_000, 6),
      marginalMbPerSecond: expect.closeTo(100, 6),
    });
  });

  it('compares with no-arena of the same size and kind, wherever it stands', () => {
    const rows = rowsOf([
      { cell: cell('pool'), result: result(0.01), limit },
      { cell: cell('no-arena', { kind: 'tensor' }), result: result(0.5), limit },
      { cell: cell('no-arena', { sizeMiB: 2 }), result: result(0.5), limit },
      { cell: cell('no-arena'), result: result(0.04), limit },
      { cell: cell('ring'), result: result(0.02), limit },
    ]);
    expect(rows.map(({ speedup }) => speedup)).toEqual([4, 1, 1, 1, 2]);
  });

  it('holds the pool against one copy and the others against two', () => {
    const cells = [cell('pool'), cell('ring'), cell('no-arena')];
    const rows = rowsOf(cells.map((one) => ({ cell: one, result: result(0.01), limit })));
    expect(rows.map(({ limitShare }) => limitShare)).toEqual([0.5, 1, 1]);
  });

  it('has no marginal cost where the passes do not tell it', () => {
    const flat = result(0.01, { short: { items: 5, seconds: [0.1, 0.1] } });
    const [row] = rowsOf([{ cell: cell('pool'), result: flat, limit }]);
    expect(row).toMatchObject({ marginalUsPerItem: null, marginalMbPerSecond: null });
  });
});

describe('betterLimit', () => {
  it('takes the faster measurement of each direction with its method', () => {
    const other = { ...limit, copyInMbPerSecond: 300, copyInMethod: 'non-temporal' };
    const mixed = { ...other, copyInOutMbPerSecond: 100, copyInOutMethod: 'memcpy' };
    expect(betterLimit(limit, { ...other, copyInOutMbPerSecond: 50 })).toEqual(mixed);
    expect(betterLimit({ ...other, copyInOutMbPerSecond: 50 }, limit)).toEqual(mixed);
  });
});
