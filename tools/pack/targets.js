/** The kinds of machines that binaries are published for, and the files that each package of binaries has. */

/**
 * @typedef {object} Target
 * @property {string} cpu As in package.json and in `process.arch`.
 * @property {'glibc' | 'musl'} libc As in package.json.
 * @property {string} debian Debian's name of the architecture.
 * @property {string} triplet Debian's name of the folder of libraries.
 * @property {string} [compiler] The compiler that the toolchain file names.
 * @property {string} [toolchain] A toolchain file of CMake, from the top, to build on a machine of another kind.
 */

/** @type {Readonly<Record<string, Target>>} By the end of the package's name. */
export const TARGETS = {
  'linux-x64-gnu': { cpu: 'x64', libc: 'glibc', debian: 'amd64', triplet: 'x86_64-linux-gnu' },
  'linux-arm64-gnu': {
    cpu: 'arm64',
    libc: 'glibc',
    debian: 'arm64',
    triplet: 'aarch64-linux-gnu',
    toolchain: 'tools/arm/toolchain.cmake',
    compiler: '/usr/bin/aarch64-linux-gnu-g++',
  },
};

/**
 * @typedef {object} Native
 * @property {string} folder Of the package that the binaries belong to.
 * @property {string[]} builds Targets of CMake.
 * @property {string[]} files What the build leaves.
 */

/** @type {readonly Native[]} A later one may use the build of an earlier one. Video is built for each libav. */
export const NATIVES = [
  {
    folder: 'packages/shm-core',
    builds: ['arena_core', 'arena_shm'],
    files: ['arena_shm.node'],
  },
  {
    folder: 'benchmarks',
    builds: ['arena_benchmarks', 'arena-copy-limit'],
    files: ['arena_benchmarks.node', 'arena-copy-limit'],
  },
];

export const VIDEO = 'packages/video';

/** The packages with native code. */
export const NATIVE_FOLDERS = [...NATIVES.map(({ folder }) => folder), VIDEO];

/** The oldest C library that binaries run with. */
export const OLDEST_GLIBC = '2.28';
