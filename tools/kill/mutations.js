/** Breaks the core on purpose, one fault at a time. arena-kill-steps must notice each fault. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { buildWithCMake } from '../native-build/cmake.js';
import { killSteps } from './kill-steps.js';
import { MUTATIONS } from './mutants.js';

const PACKAGE = join(root, 'packages/shm-core');

/** @typedef {import('./mutants.js').Mutation} Mutation */

/**
 * @param {string} text Tries the mutations whose names or operations contain this text.
 * @returns {Promise<boolean>} Whether every broken core was noticed, and the intact core passed.
 */
export async function tryMutations(text) {
  const chosen = MUTATIONS.filter(({ name, only }) => `${name} ${only}`.includes(text));
  if (chosen.length === 0) throw new Error(`no mutation has "${text}" in its name or operations`);
  const copy = mkdtempSync(join(tmpdir(), 'arena-mutations-'));
  try {
    cpSync(join(PACKAGE, 'native'), join(copy, 'native'), { recursive: true });
    cpSync(join(PACKAGE, 'CMakeLists.txt'), join(copy, 'CMakeLists.txt'));
    symlinkSync(join(PACKAGE, 'vendor'), join(copy, 'vendor'));
    let passed = true;
    for (const mutation of chosen) passed = (await tryMutation(copy, mutation)) && passed;
    return (await soundAfterAll(copy, chosen)) && passed;
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
    await build(copy, name);
    const { points, found, violations, errors } = await runOn(copy, only);
    // The runner ends a hang itself. A hang counts as noticed.
    const noticed = found > 0 || errors.some((error) => error.includes('ended with 1'));
    const first = violations[0]?.trim() ?? 'nothing';
    console.log(`${noticed ? 'found' : 'MISSED'}  ${name}: ${found} of ${points} points; ${first}`);
    return noticed;
  } finally {
    writeFileSync(path, sound);
  }
}

/**
 * @param {string} copy
 * @param {Mutation[]} chosen
 */
async function soundAfterAll(copy, chosen) {
  await build(copy, 'the core as it is');
  const tried = new Set(chosen.map(({ only }) => only));
  let passed = true;
  for (const only of tried) {
    const { found, violations, errors } = await runOn(copy, only);
    if (found === 0 && errors.length === 0) continue;
    const which = [...violations, ...errors].map((line) => line.trim()).join('; ');
    console.log(`the core as it is: ${found} violations in ${only}: ${which}`);
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

/**
 * @param {string} copy
 * @param {string} title
 */
function build(copy, title) {
  const options = ['-DCMAKE_BUILD_TYPE=Release'];
  const targets = ['arena-kill-steps'];
  return buildWithCMake({ title, source: copy, build: `${copy}/build`, options, targets });
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
