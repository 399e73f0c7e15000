#!/usr/bin/env node
/**
 * Builds the native part of arena from source, for a system that no binaries are published for:
 *
 *     npx arena-build                  # @arena/shm-core
 *     npx arena-build @arena/video     # that package, as installed in the present folder
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const core = fileURLToPath(new URL('..', import.meta.url));

/** The addon of each package: the name of its target in CMake. */
const addons = { '@arena/shm-core': 'arena_shm', '@arena/video': 'arena_video' };

const compilers = ['c++', 'g++', 'clang++'];

function fail(message) {
  process.stderr.write(`arena-build: ${message}\n`);
  process.exit(1);
}

const runs = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

function checkTools() {
  const { CXX } = process.env;
  const missing = [
    ...(runs('cmake') ? [] : ['CMake 3.19 or newer']),
    ...(runs('make') || runs('ninja') ? [] : ['make']),
    ...((CXX ? [CXX] : compilers).some(runs)
      ? []
      : ['a C++20 compiler (GCC 11 or newer, clang 14 or newer)']),
  ];
  if (missing.length === 0) return;
  fail(
    `${missing.join(', ')} not found. On Debian and Ubuntu: apt-get install cmake g++ make. ` +
      'On Alpine: apk add cmake g++ make linux-headers.',
  );
}

/** The folder of a package: this one, or one that is installed for the present folder. */
function folderOf(name) {
  if (name === '@arena/shm-core') return core;
  const bases = [join(process.cwd(), sep), core];
  for (const base of bases) {
    // The package exports no package.json. Its folder is the one whose node_modules Node would look in.
    for (const modules of createRequire(base).resolve.paths(name) ?? []) {
      const folder = join(modules, name);
      if (existsSync(join(folder, 'CMakeLists.txt'))) return realpathSync(folder);
    }
  }
  return fail(
    `${name} is not installed here. Install it, and run arena-build in the folder of your project.`,
  );
}

function cmake(...args) {
  const { status, error } = spawnSync('cmake', args, { stdio: 'inherit' });
  if (status !== 0)
    fail(`cmake ${args[0]} failed${error ? `: ${error.message}` : ''}. Its messages are above.`);
}

const name = process.argv[2] ?? '@arena/shm-core';
const addon = addons[name];
if (addon === undefined) {
  fail(`${name} has no native part to build; there are ${Object.keys(addons).join(', ')}.`);
}
if (process.platform !== 'linux') fail(`arena runs on Linux, and this is ${process.platform}.`);
checkTools();
const source = folderOf(name);
const build = mkdtempSync(join(tmpdir(), 'arena-build-'));
const output = join(source, 'build/Release');
try {
  cmake(
    ...['-S', source, '-B', build, '-DCMAKE_BUILD_TYPE=Release'],
    `-DCMAKE_JS_INC=${join(core, 'vendor/node')}`,
    `-DARENA_SHM_CORE=${core}`,
    `-DCMAKE_LIBRARY_OUTPUT_DIRECTORY=${output}`,
  );
  cmake(
    '--build',
    build,
    '--target',
    addon,
    '--parallel',
    String(Math.min(availableParallelism(), 4)),
  );
} finally {
  rmSync(build, { recursive: true, force: true });
}
const file = join(output, `${addon}.node`);
createRequire(import.meta.url)(file);
process.stdout.write(`arena-build: built ${file}\n`);
