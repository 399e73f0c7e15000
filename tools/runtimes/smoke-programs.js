/** Runs the smoke programs on a runtime, and compares what works with what is listed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { madeEnvironment } from '../environment/made-environment.js';
import { PROGRAMS } from './runtimes.js';

/** A program that takes longer hangs. */
const LIMIT_MS = 60_000;
const FOLDER = join(root, 'tools/reliability/runtimes');

/**
 * @param {import('./runtimes.js').Runtime} runtime
 * @returns {Promise<import('../run-tests/results.js').Count>}
 */
export async function runSmokePrograms(runtime) {
  const command = await runtime.command();
  const count = { passed: 0, failed: 0 };
  for (const [program, purpose] of Object.entries(PROGRAMS)) {
    const output = await outputOf([...command, join(FOLDER, program)], runtime.env);
    const lack = runtime.lacks?.[/** @type {keyof typeof PROGRAMS} */ (program)];
    const right = isAsListed(output, program, runtime, lack);
    console.log(
      `${right ? 'ok   ' : 'WRONG'} ${runtime.name}: ${purpose}${lack ? ` (${lack})` : ''}`,
    );
    if (!right) console.error(output.replaceAll(/^/gm, '      '));
    if (right) count.passed++;
    else count.failed++;
  }
  return count;
}

/**
 * @param {string} output
 * @param {string} program
 * @param {import('./runtimes.js').Runtime} runtime
 * @param {string | undefined} lack
 */
function isAsListed(output, program, runtime, lack) {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  if (lack !== undefined) return !last.startsWith('works') && output.includes(lack);
  if (program !== 'leases.mjs') return last === 'works';
  return last === `works ${runtime.leases === 'a copy' ? 'with' : 'without'} a copy`;
}

/**
 * @param {string[]} command
 * @param {Record<string, string>} [env]
 * @returns {Promise<string>} What it printed, and how it ended when it failed.
 */
function outputOf([program = '', ...args], env) {
  const options = {
    cwd: FOLDER,
    env: { ...madeEnvironment(), ...env },
    timeout: LIMIT_MS,
    killSignal: /** @type {const} */ ('SIGKILL'),
  };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve(
        error === null ? stdout : `${stdout}${stderr}\nended with ${error.signal ?? error.code}`,
      );
    });
  });
}
