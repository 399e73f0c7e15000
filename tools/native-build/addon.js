/**
 * Builds the native code of one package with cmake-js, in Release, into its build folder.
 *
 * The rules for a package's CMakeLists.txt:
 *
 * - Its package.json has `"binary": { "napi_versions": [...] }`. Only then does cmake-js take the
 *   headers of the npm package node-api-headers; otherwise it downloads those of Node. It reads no
 *   number from there: CMake defines `NAPI_VERSION` itself.
 * - `CMAKE_JS_INC` lists the folders of node_api.h and of node-addon-api's napi.h. It is unset when
 *   CMake runs alone, as for the sanitizers: the addon is left out then.
 * - `ARENA_NODE_INCLUDE` is the folder of the headers of the Node that runs this, if it has any. uv.h is
 *   neither in node-api-headers nor in node-addon-api. Debian's libuv1-dev has it as well.
 * - The addon is a shared library with the suffix `.node` and no prefix. It is written into
 *   build/Release (`CMAKE_LIBRARY_OUTPUT_DIRECTORY`), executables into build.
 * - An executable in build whose name ends in `_tests` or `-tests` is a doctest runner: `npm test -- --native`
 *   starts every one of them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fingerprint, isStamped, writeStamp } from '../checkout/fingerprint.js';
import { root } from '../checkout/root.js';
import { PlainError } from '../commands/command.js';
import { runShown } from '../commands/run-shown.js';
import { discardForeignCache, JOBS } from './cmake.js';

const nodeInclude = join(dirname(process.execPath), '../include/node');

/**
 * @param {string} packageFolder Relative to the top, for instance `packages/shm-core`.
 * @returns {Promise<boolean>} Whether anything was built; false when nothing has changed.
 * @throws {PlainError} The build failed; the message has the compiler's output.
 */
export async function buildAddon(packageFolder) {
  const wanted = fingerprintOf(packageFolder);
  if (isStamped(nativeStamp(packageFolder), wanted) && hasAddon(packageFolder)) return false;
  discardForeignCache(packageFolder, `${packageFolder}/build`);
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const configure = ['configure', '--prefer-make', `--CDARENA_NODE_INCLUDE=${nodeInclude}`];
  for (const [title, args] of /** @type {const} */ ([
    ['configuring', configure],
    ['building', ['build', '--prefer-make', '--parallel', JOBS]],
  ])) {
    const command = [process.execPath, cmakeJs, ...args, '--directory', packageFolder];
    await runShown(`${title} the native code of ${packageFolder}`, command, { cwd: root });
  }
  if (!hasAddon(packageFolder)) {
    throw new PlainError(
      `${packageFolder} was built, but build/Release holds no addon. Delete its build folder, and build again.`,
    );
  }
  writeStamp(nativeStamp(packageFolder), wanted);
  return true;
}

/**
 * @param {string} packageFolder
 * @returns {boolean} Whether the build is of the present sources.
 */
export function isBuilt(packageFolder) {
  return (
    isStamped(nativeStamp(packageFolder), fingerprintOf(packageFolder)) && hasAddon(packageFolder)
  );
}

/** @param {string} packageFolder */
export function nativeStamp(packageFolder) {
  return `${packageFolder}/build/.stamp`;
}

/** @param {string} packageFolder */
function fingerprintOf(packageFolder) {
  return fingerprint(nativeInputs(packageFolder), [root]);
}

/** @param {string} packageFolder */
export function nativeInputs(packageFolder) {
  return [
    `${packageFolder}/CMakeLists.txt`,
    `${packageFolder}/native`,
    `${packageFolder}/package.json`,
    'packages/shm-core/vendor/boost-1.81/.stamp',
    // Other packages compile parts of it as well.
    'packages/shm-core/native/core',
    'packages/shm-core/native/node_api',
    'node_modules/cmake-js/package.json',
    'node_modules/node-addon-api/package.json',
    'node_modules/node-api-headers/package.json',
  ];
}

/** @param {string} packageFolder */
function hasAddon(packageFolder) {
  const folder = join(root, packageFolder, 'build/Release');
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.node'));
}
