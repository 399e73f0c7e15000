/** Compares the imports of every package with the arrows. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPackages } from '../checkout/packages.js';
import { ARROWS, ONLY_LAZILY, REACH_INTO_TESTS } from './arrows.js';
import { importsOf } from './imports-of.js';
import { nodeHeadersIn } from './native-headers.js';
import { ownerOf, sourcesOf } from './sources.js';

/**
 * @typedef {import('../checkout/packages.js').Package} Package
 * @typedef {import('./imports-of.js').Import} Import
 */

/**
 * @param {string} root Top of the checkout.
 * @returns {string[]} One line per wrong import, beginning with its place; empty when all is well.
 */
export function wrongImports(root) {
  const packages = readPackages(root);
  return packages.flatMap((from) => [
    ...wrongDependencies(from, packages),
    ...wrongDevDependencies(from, packages),
    ...wrongImportsIn(root, from, packages),
    ...nodeHeadersIn(root, from),
  ]);
}

/**
 * @param {Package} from
 * @param {Package[]} packages
 */
function wrongDependencies(from, packages) {
  return packages
    .filter((to) => from.dependencies.includes(to.name) && !mayImport(from, to, false))
    .map((to) => `${from.folder}/package.json: ${from.layer} may not depend on ${to.name}`);
}

/**
 * A package's tests may use any package that can be built before this one: its devDependencies.
 *
 * @param {Package} from
 * @param {Package[]} packages
 */
function wrongDevDependencies(from, packages) {
  return packages
    .filter((to) => from.devDependencies.includes(to.name) && needs(to, from, packages))
    .map((to) => `${from.folder}/package.json: ${to.name} is built from ${from.name} itself`);
}

/**
 * @param {Package} from
 * @param {Package} to
 * @param {Package[]} packages
 * @param {Set<Package>} [seen]
 * @returns {boolean} Whether `from` is `to`, or depends on it, directly or through others.
 */
function needs(from, to, packages, seen = new Set()) {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  const names = [...from.dependencies, ...from.devDependencies];
  return packages.some((next) => names.includes(next.name) && needs(next, to, packages, seen));
}

/**
 * @param {string} root
 * @param {Package} from
 * @param {Package[]} packages
 */
function wrongImportsIn(root, from, packages) {
  return sourcesOf(root, from, packages).flatMap((file) => {
    // Measurements may use what tests may: both run only in the checkout.
    const own = file.slice(from.folder.length);
    const inTests = own.includes('/tests/') || own.startsWith('/perf/');
    return importsOf(readFileSync(join(root, file), 'utf8')).flatMap((found) => {
      const reason = wrongReason(file, found, from, packages, inTests);
      return reason === undefined ? [] : [`${file}:${found.line}: ${reason}`];
    });
  });
}

/**
 * @param {string} file
 * @param {Import} found
 * @param {Package} from
 * @param {Package[]} packages
 * @param {boolean} inTests
 * @returns {string | undefined} Why the import is wrong; undefined for a right one.
 */
function wrongReason(file, found, from, packages, inTests) {
  const { specifier } = found;
  if (specifier.startsWith('.')) {
    const path = join(dirname(file), specifier);
    const to = ownerOf(path, packages);
    if (to === undefined || to === from) return undefined;
    const toTests = inTests && path.startsWith(`${to.folder}/tests/`);
    if (toTests && REACH_INTO_TESTS.includes(from.layer)) return undefined;
    return `reaches into ${to.folder} by a path; import ${to.name}`;
  }
  const to = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (to === undefined || to === from) return undefined;
  if (!mayImport(from, to, inTests)) return `${from.layer} may not import ${specifier}`;
  if (isLoadedByUsers(file, from) && isTooEager(from, to, found)) {
    return `${specifier} may only be loaded with import(), when it is used`;
  }
  return isDeclared(from, to, found, inTests)
    ? undefined
    : `${from.folder}/package.json does not name ${to.name}`;
}

/**
 * Only files in these folders are loaded by users. Other programs of a package may import video at once.
 *
 * @param {string} file
 * @param {Package} from
 */
function isLoadedByUsers(file, { folder }) {
  return file.startsWith(`${folder}/src/`) || file.startsWith(`${folder}/bin/`);
}

/**
 * @param {Package} from
 * @param {Package} to
 * @param {Import} found
 */
function isTooEager(from, to, { lazy, typeOnly }) {
  return (ONLY_LAZILY[from.layer]?.includes(to.layer) ?? false) && !lazy && !typeOnly;
}

/**
 * @param {Package} from
 * @param {Package} to
 * @param {boolean} inTests
 */
function mayImport(from, to, inTests) {
  if (inTests && from.devDependencies.includes(to.name)) return true;
  return ARROWS[from.layer]?.includes(to.layer) ?? false;
}

/**
 * @param {Package} from
 * @param {Package} to
 * @param {Import} found
 * @param {boolean} inTests
 */
function isDeclared(from, to, found, inTests) {
  if (from.dependencies.includes(to.name)) return true;
  return (inTests || found.typeOnly) && from.devDependencies.includes(to.name);
}
