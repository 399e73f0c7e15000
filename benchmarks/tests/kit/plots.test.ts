import { describe, expect, it } from 'vitest';
import { toPng } from '../../dist/kit/plots/draw.js';
import { decadeTicks } from '../../dist/kit/plots/ticks.js';

describe('decadeTicks', () => {
  it('spans the values with 1, 2, 5 steps', () => {
    expect(decadeTicks(430, 21_000)).toEqual([200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]);
    expect(decadeTicks(500, 500)).toEqual([500]);
    expect(decadeTicks(0.03, 0.3)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
  });
});

describe('toPng', () => {
  it('draws letters on a machine without fonts', () => {
    const blank = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">';
    const letters = `${blank}<text x="5" y="20" font-family="DejaVu Sans">arena</text></svg>`;
    expect(toPng(letters).length).toBeGreaterThan(toPng(`${blank}</svg>`).length + 100);
  });
});
