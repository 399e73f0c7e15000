/**
 * Builds a package's native code with CMake alone, without cmake-js: its core, tests and fuzz
 * targets, but no addon.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { root } from '../checkout/root.js';
import { runShown } from '../commands/run-shown.js';

/** A compiler of this code takes up to 1 GB. */
const MOST_JOBS = 4;

/** How many compilers may run at once. */
export const JOBS = String(Math.min(availableParallelism(), MOST_JOBS));

const GENERATOR = 'Unix Makefiles';

/** The clang whose sanitizers and libFuzzer set-up installs. */
const CLANG = 'clang++-16';

/**
 * @typedef {object} CMakeBuild
 * @property {string} title What is built, for the reader.
 * @property {string} source Folder with the CMakeLists.txt, from the top or absolute.
 * @property {string} build Folder to build in.
 * @property {string[]} [options] Of CMake, to configure with.
 * @property {string[]} [targets] All of them by default.
 */

/**
 * @param {CMakeBuild} wanted
 * @throws {PlainError} The build failed; the message has the compiler's output.
 */
export async function buildWithCMake({ title, source, build, options = [], targets = [] }) {
  discardForeignCache(source, build);
  const configure = ['cmake', '-S', source, '-B', build, '-G', GENERATOR, ...options];
  await runShown(`configuring ${title}`, configure, { cwd: root });
  const chosen = targets.length > 0 ? ['--target', ...targets] : [];
  const make = ['cmake', '--build', build, '--parallel', JOBS, ...chosen];
  await runShown(`building ${title}`, make, { cwd: root });
}

/**
 * @param {string} sanitizers As in `-fsanitize=`.
 * @returns {string[]} Options of CMake for a build with these sanitizers, in which every finding ends the
 *   process.
 */
export function sanitizedBy(sanitizers) {
  const flags = `-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1`;
  return [`-DCMAKE_CXX_COMPILER=${CLANG}`, '-DCMAKE_BUILD_TYPE=None', `-DCMAKE_CXX_FLAGS=${flags}`];
}

/**
 * Removes a build that CMake would refuse to continue: the build of a checkout that was moved or copied, or
 * of another generator. cmake-js itself prefers Ninja.
 *
 * @param {string} source From the top or absolute, as `build`.
 * @param {string} build
 */
export function discardForeignCache(source, build) {
  const folder = resolve(root, build);
  const cache = resolve(folder, 'CMakeCache.txt');
  if (!existsSync(cache)) return;
  const text = readFileSync(cache, 'utf8');
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(text)?.[1];
  const generator = /^CMAKE_GENERATOR:INTERNAL=(.*)$/m.exec(text)?.[1];
  if (home === resolve(root, source) && generator === GENERATOR) return;
  rmSync(folder, { recursive: true });
}
