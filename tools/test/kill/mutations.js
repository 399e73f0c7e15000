/** Breaks the core on purpose, one way at a time, and has arena-kill-steps find it out. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../setup/fingerprint.js';
import { runVisibly } from '../run-visibly.js';
import { killSteps } from './kill-steps.js';
import { MUTATIONS } from './mutants.js';

const PACKAGE = join(root, 'packages/shm-core');

/** @typedef {import('./mutants.js').Mutation} Mutation */

/** @returns {Promise<boolean>} Whether every broken core was found out, and the sound one was not. */
export async function tryMutations() {
  const copy = mkdtempSync(join(tmpdir(), 'arena-mutations-'));
  try {
    cpSync(join(PACKAGE, 'native'), join(copy, 'native'), { recursive: true });
    cpSync(join(PACKAGE, 'CMakeLists.txt'), join(copy, 'CMakeLists.txt'));
    symlinkSync(join(PACKAGE, 'vendor'), join(copy, 'vendor'));
    const configure = ['-S', copy, '-B', `${copy}/build`, '-G', 'Unix Makefiles'];
    if (!(await runVisibly(['cmake', ...configure, '-DCMAKE_BUILD_TYPE=Release']))) return false;
    let passed = true;
    for (const mutation of MUTATIONS) passed = (await tryMutation(copy, mutation)) && passed;
    return (await soundAfterAll(copy)) && passed;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/**
 * @param {string} copy
 * @param {Mutation} mutation
 */
async function tryMutation(copy, { name, file, change, only }) {
  const path = join(copy, 'native/core', file);
  const sound = readFileSync(path, 'utf8');
  writeFileSync(path, broken(sound, name, change));
  try {
    if (!(await build(copy))) return false;
    const { points, found, violations, errors } = await runOn(copy, only);
    // A hang is ended by the runner itself, and is a finding like any other.
    const noticed = found > 0 || errors.some((error) => error.includes('ended with 1'));
    const first = violations[0]?.trim() ?? 'nothing';
    console.log(`${noticed ? 'found' : 'MISSED'}  ${name}: ${found} of ${points} points; ${first}`);
    return noticed;
  } finally {
    writeFileSync(path, sound);
  }
}

/** @param {string} copy */
async function soundAfterAll(copy) {
  if (!(await build(copy))) return false;
  const tried = new Set(MUTATIONS.map(({ only }) => only));
  let passed = true;
  for (const only of tried) {
    const { found, errors } = await runOn(copy, only);
    if (found === 0 && errors.length === 0) continue;
    console.log(`the core as it is: ${found} violations in ${only} ${errors.join(' ')}`);
    passed = false;
  }
  if (passed) console.log('sound  the core as it is, in the same operations: no violation');
  return passed;
}

/**
 * @param {string} copy
 * @param {string} only
 */
function runOn(copy, only) {
  const args = ['--sample', '150', '--seed', '1', '--only', only];
  return killSteps(join(copy, 'build/arena-kill-steps'), args, () => {});
}

/** @param {string} copy */
function build(copy) {
  const target = ['--target', 'arena-kill-steps', '--parallel', '2', '--', '--quiet'];
  return runVisibly(['cmake', '--build', `${copy}/build`, ...target]);
}

/**
 * @param {string} source
 * @param {string} name
 * @param {Mutation['change']} change
 */
function broken(source, name, change) {
  return change.reduce((text, [from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2) {
      throw new Error(`"${name}" looks for one place, and found ${parts.length - 1}: ${from}`);
    }
    return parts.join(to);
  }, source);
}
