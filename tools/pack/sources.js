/** The headers of others that the sources of the addon need. Published sources carry these headers, and no more. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root } from '../checkout/root.js';
import { HEADERS } from './binaries.js';
import { buildFolder } from './build-folder.js';

const BOOST = 'packages/shm-core/vendor/boost-1.81';

/** Headers of Boost that other compilers and C++ libraries include instead of some that GCC includes. */
const OTHER_COMPILERS = [
  'boost/config/compiler/clang.hpp',
  'boost/config/compiler/clang_version.hpp',
  'boost/config/stdlib/libcpp.hpp',
];

/**
 * @param {string} target One whose binaries were built. The compiler wrote there what it has read.
 * @returns {Map<string, string>} File on this machine, by its place in the package.
 */
export function vendoredHeaders(target) {
  const read = headersRead(join(root, buildFolder(target, 'packages/shm-core')));
  const boost = join(root, BOOST);
  return new Map([
    ...under(boost, read, 'vendor/boost-1.81'),
    ...OTHER_COMPILERS.filter((header) => existsSync(join(boost, header))).map(
      (header) => /** @type {const} */ ([`vendor/boost-1.81/${header}`, join(boost, header)]),
    ),
    ...under(join(root, HEADERS.api), read, 'vendor/node'),
    ...under(HEADERS.node, read, 'vendor/node'),
  ]);
}

/**
 * @param {string} folder
 * @param {string[]} headers
 * @param {string} place
 * @returns {[string, string][]}
 */
function under(folder, headers, place) {
  const real = realpathSync(folder);
  return headers
    .filter((header) => header.startsWith(`${real}/`))
    .map((header) => [join(place, relative(real, header)), header]);
}

/**
 * @param {string} build
 * @returns {string[]} All headers that the compiler has read.
 */
function headersRead(build) {
  const words = readdirSync(build, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.o.d'))
    .flatMap((path) => readFileSync(join(build, path), 'utf8').split(/[\s\\]+/));
  // A compiler cache writes paths from the folder of the build.
  const headers = words.map((path) => resolve(build, path)).filter((path) => existsSync(path));
  return [...new Set(headers.map((path) => realpathSync(path)))];
}
