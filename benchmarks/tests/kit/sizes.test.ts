import { describe, expect, it } from 'vitest';
import { formatBytes, parseBytes, roundBytes } from '../../dist/kit/sizes.js';

describe('parseBytes', () => {
  it.each([
    ['100', 100],
    ['100B', 100],
    ['64kB', 64_000],
    ['64KiB', 65_536],
    ['1MB', 1_000_000],
    ['32MB', 32_000_000],
    ['32MiB', 33_554_432],
    ['0.5KiB', 512],
    [' 2 MiB ', 2_097_152],
  ])('takes %j as exactly %i bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([
    ['1mb', '1MB'],
    ['1KB', '1kB'],
    ['64kib', '64KiB'],
    ['2 MiBs', '2MiB'],
  ])('refuses %j and asks whether %s was meant', (text, meant) => {
    expect(() => parseBytes(text)).toThrow(`not "${text}". Did you mean ${meant}?`);
  });

  it.each(['', '0', '-1', '1.5', '0.3KiB', '65MiB', 'many', '1e3', '5 5', '5 parsecs'])(
    'refuses %j and says what it takes',
    (text) => {
      expect(() => parseBytes(text)).toThrow(
        /whole number of bytes up to 64 MiB.*Try 100, 64KiB or 1MB/,
      );
    },
  );
});

describe('formatBytes', () => {
  it('is exact, in the unit that needs no fraction', () => {
    const sizes = [100, 1000, 65_536, 1_000_000, 2 ** 25, 32_000_000, 21_544];
    const texts = ['100 B', '1 kB', '64 KiB', '1 MB', '32 MiB', '32 MB', '21544 B'];
    expect(sizes.map(formatBytes)).toEqual(texts);
  });

  it('has a rounded form for estimates', () => {
    expect([7.4, 12_345, 740_000, 1.26e6].map(roundBytes)).toEqual([
      '7.4 B',
      '12 kB',
      '740 kB',
      '1.3 MB',
    ]);
  });
});
