/** Takes one sample: starts a fresh process in one tree, and reads its result. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { madeEnvironment } from '../../environment/made-environment.js';
import { INSTRUCTIONS } from './native.js';

const PROCESS = fileURLToPath(new URL('process.js', import.meta.url));
/** A measurement is broken when one sample takes longer. */
const LIMIT_MS = 90_000;

/**
 * Counting runs the interpreter alone: code that is compiled at another moment takes other amounts of
 * memory. The garbage collector gets no threads of its own, and rarely has to run.
 */
const COUNTING_FLAGS = [
  '--no-opt',
  '--no-sparkplug',
  '--single-threaded-gc',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
];

/**
 * @typedef {Record<string, number>} Sample By quantity, for one item.
 * @typedef {{ sample: Sample } | { failure: string }} Outcome
 */

/**
 * @param {object} what
 * @param {string} what.tree Top of the checkout that is measured.
 * @param {import('../measurement.js').Measurement} what.measurement
 * @param {'time' | 'count'} what.mode
 * @param {import('./native.js').Counters} what.counters
 * @param {number} [what.warmMs]
 * @param {number} [what.measureMs]
 * @returns {Promise<Outcome>}
 */
export async function takeSample({
  tree,
  measurement,
  mode,
  counters,
  warmMs = 80,
  measureMs = 120,
}) {
  const job = {
    file: join(tree, measurement.file),
    name: measurement.name,
    mode,
    warmMs,
    measureMs,
  };
  const flags = ['--expose-gc', ...(mode === 'count' ? COUNTING_FLAGS : [])];
  const command = [process.execPath, ...flags, PROCESS, JSON.stringify(job)];
  const env = madeEnvironment();
  if (mode === 'count' && counters.counted) env.LD_PRELOAD = counters.counted;
  return await run([...wrapper(measurement, mode, counters), ...command], tree, env);
}

/**
 * @param {import('../measurement.js').Measurement} measurement
 * @param {'time' | 'count'} mode
 * @param {import('./native.js').Counters} counters
 */
function wrapper({ spread }, mode, { counter }) {
  if (counter === undefined) return [];
  // Both trees are measured on the same processor. The first one serves most interrupts.
  const pinned = spread ? [] : ['--cpu', String(availableParallelism() - 1)];
  return [
    counter,
    ...pinned,
    ...(mode === 'count' ? ['--trace'] : ['--event', INSTRUCTIONS]),
    '--',
  ];
}

/**
 * @param {string[]} command
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
function run([program = '', ...args], cwd, env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    const said = textOf(child.stdio[2]);
    const result = textOf(child.stdio[3]);
    child.on('error', ({ message }) => resolve({ failure: message }));
    child.on('close', (status, signal) => {
      clearTimeout(limit);
      if (status === 0 && result.text !== '') return resolve({ sample: JSON.parse(result.text) });
      const last = said.text.trim().split('\n').slice(-12).join('\n');
      resolve({ failure: `the process ended with ${status ?? signal}. ${last}` });
    });
  });
}

/** @param {import('node:stream').Readable | import('node:stream').Writable | null | undefined} stream */
function textOf(stream) {
  const collected = { text: '' };
  if (stream && 'setEncoding' in stream) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      collected.text += text;
    });
  }
  return collected;
}
