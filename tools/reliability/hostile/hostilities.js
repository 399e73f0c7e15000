/** Lets a mutator loose on what a victim does. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const fileOf = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @typedef {object} Hostilities
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {Record<string, number>} outcomes How often what came of a call: `done`, or a code.
 * @property {number} arenas
 * @property {number} privateMiB The most that the victim had, less the arenas.
 */

/**
 * @param {object} options
 * @param {import('../storm/shapes.js').Shape['name']} options.shape
 * @param {number} options.seed
 * @param {number} options.milliseconds
 * @param {number} options.pauseMs Longest pause between two changes; 0 rewrites without pause.
 * @returns {Promise<Hostilities>}
 */
export async function endureHostilities({ shape, seed, milliseconds, pauseMs }) {
  const mutator = fork(fileOf('./mutator.js'), [JSON.stringify({ seed, pauseMs })]);
  const victim = fork(fileOf('./victim.js'), [JSON.stringify({ shape, seed, milliseconds })]);
  const result = { outcomes: {}, arenas: 0, privateMiB: 0 };
  victim.on('message', (message) => {
    if (typeof message === 'string') mutator.send(message, () => {});
    else Object.assign(result, message);
  });
  const [code, signal] = await once(victim, 'exit');
  const gone = once(mutator, 'exit');
  mutator.kill('SIGKILL');
  await gone;
  return { code, signal, ...result };
}
