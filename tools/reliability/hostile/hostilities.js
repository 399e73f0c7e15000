/** Runs a victim that uses arenas, and a mutator that rewrites them. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A victim that runs this much longer than its time hangs, even on a busy machine. */
const patienceMs = 45_000;

/**
 * @typedef {object} Hostilities
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {Record<string, number>} outcomes Number of calls for each outcome: `done`, or a code.
 * @property {number} arenas
 * @property {number} privateMiB Largest private memory of the victim, without the arenas.
 * @property {number} longestMs Duration of the longest call.
 * @property {string} longestCall The longest call.
 * @property {string | undefined} broken Why the run does not count: the place where the victim hangs, or
 *   that another process has ended the mutator.
 */

/**
 * @param {object} options
 * @param {import('../storm/shapes.js').Shape['name']} options.shape
 * @param {number} options.seed
 * @param {number} options.milliseconds Runs this long, and until a call has found an arena corrupt.
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
    // Listen at once: a process that has ended before emits no event later.
    ended: once(child, 'exit'),
    state,
    /** The call that the victim has reported last, and where the kernel has it. */
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
  // Read from the third field of proc(5) on. The name before it may hold any character.
  const fields = read('stat').split(') ').at(-1)?.split(' ') ?? [];
  const ticks = `${fields[11]} ticks in user mode and ${fields[12]} in the system`;
  return `state ${fields[0]}, ${ticks}, in ${read('wchan')}, syscall ${read('syscall')}`;
}
