/** Runs a command of the test run: its output is the reader's, its end is awaited, and limited. */
import { spawn } from 'node:child_process';
import { root } from '../setup/fingerprint.js';

/** Longer than any set of tests takes; what is beyond it hangs. */
const LIMIT_MS = 20 * 60_000;

/**
 * @param {string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, onOutput?: (text: string) => void }} [options] `onOutput` is
 *   told what the command prints on stdout.
 * @returns {Promise<boolean>} Whether it ended with 0 within the limit.
 */
export async function runVisibly(command, options = {}) {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    env: options.env ?? process.env,
    stdio: ['ignore', options.onOutput === undefined ? 'inherit' : 'pipe', 'inherit'],
    // A group of its own, so that the limit ends the processes that it started, too.
    detached: true,
  });
  const endGroup = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
  const timer = setTimeout(() => {
    console.error(`\`${command.join(' ')}\` still ran after ${LIMIT_MS / 60_000} min; ended it.`);
    endGroup();
  }, LIMIT_MS);
  const forward = () => {
    endGroup();
    process.exit(1);
  };
  process.on('SIGINT', forward).on('SIGTERM', forward);
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    options.onOutput?.(text);
  });
  try {
    return await new Promise((resolve) => {
      child.on('error', (error) => {
        console.error(`\`${command.join(' ')}\` did not start: ${error.message}`);
        resolve(false);
      });
      child.on('close', (code) => resolve(code === 0));
    });
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', forward).off('SIGTERM', forward);
  }
}
