import { describe, expect, it } from 'vitest';
import { fewSizes, matrixRounds } from '../storm/matrix.js';
import { shapeNames } from '../storm/shapes.js';
import { runStorm } from '../storm/storm.js';

/** `node tools/reliability/kill-storm.js --crews 8` tries all sizes. */
const sizes = fewSizes;

describe('writers and readers of any number, joining, leaving and killed at random', () => {
  it.each(shapeNames)(
    'get every unit whole, in one order and no more than once (%s)',
    async (name) => {
      const storm = await runStorm(matrixRounds(sizes, [name]), { seed: 4 });
      expect(storm.findings).toEqual([]);
      expect(storm.read).toBeGreaterThan(sizes.length);
    },
    300_000,
  );
});
