/** Runs a command whose output is shown, and waits for its end within a limit. */
import { spawn } from 'node:child_process';
import { root } from '../checkout/root.js';

/** No set of tests takes this long. A command that runs longer hangs. */
const LIMIT_MS = 20 * 60_000;
/** Time between SIGTERM and SIGKILL. */
const GRACE_MS = 5000;
/** @type {NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const SHOW_CURSOR = '\u001b[?25h';

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] By default the environment of this process.
 * @property {(text: string) => void} [onOutput] Receives the stdout of the command.
 * @property {boolean} [quiet] Does not show the stdout of the command.
 * @property {number} [limitMs]
 */

/**
 * A signal that would end this process first ends the command and all processes that it has started.
 *
 * @param {string[]} command
 * @param {RunOptions} [options]
 * @returns {Promise<boolean>} Whether it ended with 0 within the limit.
 */
export async function runVisibly(command, options = {}) {
  const { limitMs = LIMIT_MS } = options;
  let stopped = false;
  const stop = () => {
    stopped = true;
    endGroup(child);
  };
  // Listen before the command starts: a signal that comes meanwhile is handled after the start.
  for (const signal of SIGNALS) process.on(signal, stop);
  const child = start(command, options);
  const limit = setTimeout(() => {
    console.error(
      `\`${command.join(' ')}\` still ran after ${limitMs / 60_000} min, and was ended.`,
    );
    endGroup(child);
  }, limitMs);
  try {
    return await succeeded(child, command);
  } finally {
    clearTimeout(limit);
    for (const signal of SIGNALS) process.off(signal, stop);
    if (stopped) process.exit(1);
  }
}

/**
 * @param {string[]} command
 * @param {RunOptions} options
 */
function start([program = '', ...args], { env = process.env, onOutput, quiet = false }) {
  const shown = quiet ? 'ignore' : 'inherit';
  const child = spawn(program, args, {
    cwd: root,
    env,
    stdio: ['ignore', onOutput === undefined ? shown : 'pipe', 'inherit'],
    // A group of its own, so that the limit ends the processes that it started, too.
    detached: true,
  });
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    onOutput?.(text);
  });
  return child;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string[]} command
 * @returns {Promise<boolean>}
 */
function succeeded(child, command) {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`\`${command.join(' ')}\` did not start: ${error.message}`);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function endGroup({ pid }) {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS).unref();
  // vitest hides it while it draws, and does not get to show it again.
  if (process.stdout.isTTY) process.stdout.write(SHOW_CURSOR);
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}
