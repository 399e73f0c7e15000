import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { check } from '../../dist/transport/check.js';
import { cellsOf, defaultConfig, parseSizeMiB } from '../../dist/transport/config.js';

describe('cellsOf', () => {
  it('goes through sizes, then kinds, then transports, in the order given', () => {
    const cells = cellsOf({
      sizes: [8, 2],
      kinds: ['tensor', 'bytes'],
      transports: ['pool', 'no-arena'],
    });
    expect(cells.map((cell) => Object.values(cell).join(' '))).toEqual([
      '8 tensor pool',
      '8 tensor no-arena',
      '8 bytes pool',
      '8 bytes no-arena',
      '2 tensor pool',
      '2 tensor no-arena',
      '2 bytes pool',
      '2 bytes no-arena',
    ]);
  });

  it('runs what is named twice once', () => {
    expect(
      cellsOf({ sizes: [2, 2], kinds: ['bytes', 'bytes'], transports: ['pool'] }),
    ).toHaveLength(1);
  });
});

describe('parseSizeMiB', () => {
  it.each([
    ['32', 32],
    ['0.5', 0.5],
    ['1e1', 10],
    ['3.814697265625e-6', 4 / 2 ** 20],
  ])('takes %s', (input, size) => {
    expect(parseSizeMiB(input)).toBe(size);
  });

  it.each(['0', '-1', 'NaN', 'Infinity', '-Infinity', '', ' ', 'big', '2MiB', '0.3', '1e-9'])(
    'refuses %j',
    (input) => {
      expect(() => parseSizeMiB(input)).toThrow(RangeError);
    },
  );

  it.each(['32MiB', '32 MB', '32m'])('refuses %j and asks whether 32 was meant', (input) => {
    expect(() => parseSizeMiB(input)).toThrow(`not "${input}". Did you mean 32?`);
  });
});

describe('check', () => {
  const checkSize = (sizeMiB: number) =>
    check({ ...defaultConfig, matrix: { ...defaultConfig.matrix, sizes: [sizeMiB] } });

  it('counts the distinct payloads and the units of the arena', () => {
    const ninth = totalmem() / 2 ** 20 / 9;
    expect(() => checkSize(ninth * 1.01)).toThrow(/\(9 of them at once\)/);
  });

  it('lets pass what fits', () => {
    expect(() => checkSize(1)).not.toThrow();
  });
});
