/** Lets a mutator loose on what a victim does. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beyond the time that it was given, a victim that has not ended hangs, even on a busy machine. */
const patienceMs = 45_000;

/**
 * @typedef {object} Hostilities
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {Record<string, number>} outcomes How often what came of a call: `done`, or a code.
 * @property {number} arenas
 * @property {number} privateMiB The most that the victim had, less the arenas.
 * @property {number} longestMs The longest that one call has held up the victim,
 * @property {string} longestCall and which one.
 * @property {string | undefined} broken Why this was no fair run: where the victim hangs, or that
 *   somebody else has ended the mutator.
 */

/**
 * @param {object} options
 * @param {import('../storm/shapes.js').Shape['name']} options.shape
 * @param {number} options.seed
 * @param {number} options.milliseconds For as long, and until something was found corrupt.
 * @param {number} options.pauseMs Longest pause between two changes; 0 rewrites without pause.
 * @returns {Promise<Hostilities>}
 */
export async function endureHostilities({ shape, seed, milliseconds, pauseMs }) {
  const mutator = start('./mutator.js', { seed, pauseMs });
  const victim = start('./victim.js', { shape, seed, milliseconds });
  const result = { outcomes: {}, arenas: 0, privateMiB: 0, longestMs: 0, longestCall: '' };
  victim.child.on('message', (message) => {
    if (typeof message === 'string') mutator.child.send(message, () => {});
    else Object.assign(result, message);
  });
  /** @type {string | undefined} */
  let broken;
  const timer = setTimeout(() => {
    broken = `the victim hangs in ${victim.doing()}; the mutator: ${mutator.state()}`;
    victim.child.kill('SIGKILL');
  }, milliseconds + patienceMs);
  const [code, signal] = await victim.ended;
  clearTimeout(timer);
  if (mutator.child.exitCode !== null || mutator.child.signalCode !== null) {
    const how = mutator.child.signalCode ?? mutator.child.exitCode;
    broken ??= `the mutator ended before its time, with ${how}`;
  }
  mutator.child.kill('SIGKILL');
  await mutator.ended;
  return { code, signal, ...result, broken };
}

/** @param {string} file @param {object} options */
function start(file, options) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
  });
  let doing = 'its beginning';
  child.stdio[4]?.on('data', (chunk) => {
    doing = String(chunk).trimEnd().split('\n').at(-1) ?? doing;
  });
  const state = () => stateOf(child.pid);
  return {
    child,
    // Asked for at once: a process that ends before it is waited for tells nobody later.
    ended: once(child, 'exit'),
    state,
    /** What it was at last, as it said itself, and where the kernel has it. */
    doing: () => `${doing}: ${state()}`,
  };
}

/** @param {number | undefined} pid */
function stateOf(pid) {
  const read = (/** @type {string} */ file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8').trim();
    } catch {
      return '?';
    }
  };
  // From the third field of proc(5) on: before it comes a name, which may hold anything.
  const fields = read('stat').split(') ').at(-1)?.split(' ') ?? [];
  const ticks = `${fields[11]} ticks in user mode and ${fields[12]} in the system`;
  return `state ${fields[0]}, ${ticks}, in ${read('wchan')}, syscall ${read('syscall')}`;
}
