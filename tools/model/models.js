/** The models of packages/shm-core/model, and the sizes that are checked. */

/**
 * @typedef {object} ModelRun
 * @property {string} model The file without its ending.
 * @property {string[]} definitions
 * @property {boolean} holds Whether the model must hold, or fail.
 */

const SOUND = {
  condition: [
    ['THREADS=2'],
    ['THREADS=2', 'EACH=1'],
    ['THREADS=2', 'DEATHS=2'],
    ['THREADS=1', 'LOOPS=1'],
    ['THREADS=1', 'LOOPS=1', 'DEATHS=1'],
    ['THREADS=1', 'LOOPS=1', 'DEATHS=1', 'EACH=1'],
  ],
  claim: [
    ['FIRST=2', 'SECOND=2'],
    ['FIRST=1', 'SECOND=3'],
  ],
  stream: [
    ['WRITERS=3'],
    ['WRITERS=2', 'READERS=2'],
    ['WRITERS=3', 'EXPECTED=2'],
    ['WRITERS=3', 'DEATHS=1'],
    ['WRITERS=2', 'READERS=2', 'DEATHS=1'],
  ],
  held: [
    ['UNITS=1', 'STOPS=1'],
    ['OTHERS=1', 'STOPS=1'],
    ['UNITS=1', 'DEATHS=1'],
    ['OTHERS=1', 'OVERWRITE=1'],
    ['WRITERS=3', 'UNITS=1', 'OTHERS=1'],
  ],
  kept: [['SLOTS=1'], ['SLOTS=2', 'STAYS=1'], ['SLOTS=1', 'DEATHS=1'], ['SLOTS=2', 'DEATHS=1']],
  queue: [
    ['DEATHS=0', 'UNITS=3', 'REFUSALS=1'],
    ['DEATHS=1', 'UNITS=2', 'REFUSALS=0'],
    ['DEATHS=1', 'UNITS=1', 'REFUSALS=1'],
    ['DEATHS=2', 'UNITS=1', 'REFUSALS=0'],
    ['DEATHS=1', 'UNITS=2', 'REFUSALS=0', 'CELLS=3'],
    ['DEATHS=1', 'UNITS=1', 'REFUSALS=0', 'CELLS=3', 'SEGMENTS=2'],
  ],
};

/** The model says at the number n which step BROKEN=n leaves out or changes. */
const BROKEN = {
  condition: [
    ['THREADS=2', 'BROKEN=1'],
    ['THREADS=2', 'BROKEN=2'],
    ['THREADS=2', 'BROKEN=3'],
    ['THREADS=1', 'LOOPS=1', 'BROKEN=4'],
    ['THREADS=1', 'LOOPS=1', 'DEATHS=1', 'BROKEN=5'],
    ['THREADS=1', 'LOOPS=1', 'BROKEN=6'],
    ['THREADS=2', 'BROKEN=7'],
  ],
  stream: [1, 2, 3, 4].map((broken) => ['WRITERS=2', `BROKEN=${broken}`]),
  held: [1, 2, 3, 4, 5, 6, 7].map((broken) => [
    ...(broken === 5 ? ['DEATHS=1'] : []),
    ...(broken === 6 ? ['STOPS=1'] : []),
    `BROKEN=${broken}`,
  ]),
  kept: [1, 2, 3, 4, 5].map((broken) => [
    ...(broken === 2 ? ['STAYS=1'] : []),
    ...(broken === 5 ? ['DEATHS=1'] : []),
    `BROKEN=${broken}`,
  ]),
  claim: [1, 2, 3, 4].map((broken) => ['FIRST=1', 'SECOND=3', `BROKEN=${broken}`]),
  queue: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((broken) => [
    ...(broken === 8 ? ['REFUSALS=1'] : ['REFUSALS=0']),
    `BROKEN=${broken}`,
  ]),
};

/** @type {ModelRun[]} */
export const MODELS = [...runsOf(SOUND, true), ...runsOf(BROKEN, false)];

/**
 * @param {Record<string, string[][]>} sizes
 * @param {boolean} holds
 */
function runsOf(sizes, holds) {
  return Object.entries(sizes).flatMap(([model, runs]) =>
    runs.map((definitions) => ({ model, definitions, holds })),
  );
}
