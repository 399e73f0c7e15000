/** Crews of every size, in every kind of arena. A size is a number of writers and a number of readers. */
import { runRound } from './round.js';
import { createArena, shapeNames } from './shapes.js';

/** @typedef {readonly [writers: number, readers: number]} CrewSize */

/** The smallest and largest sizes, and one in the middle. @type {readonly CrewSize[]} */
export const fewSizes = [
  [1, 1],
  [1, 8],
  [8, 1],
  [3, 4],
  [8, 8],
];

/** @param {number} most @returns {CrewSize[]} */
export const sizesUpTo = (most) =>
  Array.from({ length: most * most }, (_, index) => [
    1 + Math.floor(index / most),
    1 + (index % most),
  ]);

/**
 * @param {readonly CrewSize[]} sizes
 * @param {readonly import('./shapes.js').Shape['name'][]} [through]
 * @returns {import('./storm.js').Round[]}
 */
export const matrixRounds = (sizes, through = shapeNames) =>
  through.flatMap((shapeName) =>
    sizes.map(([writers, readers]) => ({
      name: `${shapeName}, ${writers} writers, ${readers} readers`,
      run: async (random, arenaName) => {
        const { arena, shape } = createArena(shapeName, random, arenaName);
        try {
          return await runRound({
            ...{ arena, shape, random, writers, readers },
            kills: random.between(1, 3),
            pauseMs: 3,
            workMs: 40,
            leaveShare: 0.3,
            endByKill: random.chance(0.3),
          });
        } finally {
          arena.close();
        }
      },
    })),
  );
