/** Compares the imports of every package with the arrows. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesUnder } from '../setup/fingerprint.js';
import { ARROWS, NODE_HEADERS, ONLY_LAZILY } from './arrows.js';
import { importsOf } from './imports-of.js';
import { readPackages } from './packages.js';

/**
 * @typedef {import('./packages.js').Package} Package
 * @typedef {import('./imports-of.js').Import} Import
 */

const SOURCE_FOLDERS = ['src', 'bin', 'examples', 'tests'];
const SOURCE = /\.(ts|mts|cts|js|mjs|cjs)$/;
const NATIVE_SOURCE = /\.(c|cc|cpp|h|hpp|ipp)$/;

/**
 * @param {string} root Top of the checkout.
 * @returns {string[]} One line per wrong import, beginning with its place; empty when all is well.
 */
export function wrongImports(root) {
  const packages = readPackages(root);
  return packages.flatMap((from) => [
    ...wrongTag(from),
    ...wrongDependencies(from, packages),
    ...wrongDevDependencies(from, packages),
    ...wrongImportsIn(root, from, packages),
    ...nodeHeadersIn(root, from),
  ]);
}

/** @param {Package} from */
function wrongTag(from) {
  if (from.layer in ARROWS) return [];
  const known = Object.keys(ARROWS).join(', ');
  return [`${from.folder}/package.json: no nx tag layer:<name> with one of ${known}`];
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
 * @returns {string[]} Relative to the top.
 */
function sourceFoldersOf(root, { folder, layer }) {
  // Every one of its folders is an example.
  const names = layer === 'examples' ? foldersIn(join(root, folder)) : SOURCE_FOLDERS;
  return names.map((name) => `${folder}/${name}`);
}

/** @param {string} path */
function foldersIn(path) {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * @param {string} root
 * @param {Package} from
 * @param {Package[]} packages
 */
function wrongImportsIn(root, from, packages) {
  const files = sourceFoldersOf(root, from).flatMap((folder) => filesUnder(folder, root));
  return files
    .filter((file) => SOURCE.test(file))
    .flatMap((file) => {
      const inTests = file.startsWith(`${from.folder}/tests/`);
      return importsOf(readFileSync(join(root, file), 'utf8')).flatMap((found) => {
        const reason = wrongReason(root, file, found, from, packages, inTests);
        return reason === undefined ? [] : [`${file}:${found.line}: ${reason}`];
      });
    });
}

/**
 * @param {string} root
 * @param {string} file
 * @param {Import} found
 * @param {Package} from
 * @param {Package[]} packages
 * @param {boolean} inTests
 * @returns {string | undefined} What is wrong with it.
 */
function wrongReason(root, file, found, from, packages, inTests) {
  const { specifier } = found;
  if (specifier.startsWith('.')) {
    const path = relative(root, join(root, dirname(file), specifier));
    const to = packages.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
    return to === undefined || to === from
      ? undefined
      : `reaches into ${to.folder} by a path; import ${to.name}`;
  }
  const to = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (to === undefined || to === from) return undefined;
  if (!mayImport(from, to, inTests)) return `${from.layer} may not import ${specifier}`;
  if (to.layer === ONLY_LAZILY[from.layer] && !found.lazy && !found.typeOnly && !inTests) {
    return `${specifier} may only be loaded with import(), when it is used`;
  }
  return isDeclared(from, to, found, inTests)
    ? undefined
    : `${from.folder}/package.json does not name ${to.name}`;
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

/**
 * @param {string} root
 * @param {Package} from
 */
function nodeHeadersIn(root, from) {
  const files = filesUnder(`${from.folder}/native/core`, root);
  return files
    .filter((file) => NATIVE_SOURCE.test(file))
    .flatMap((file) =>
      includesOf(readFileSync(join(root, file), 'utf8'))
        .filter(({ header }) => NODE_HEADERS.test(header) || header.includes('binding/'))
        .map(({ header, line }) => `${file}:${line}: the native core may not include ${header}`),
    );
}

/** @param {string} text */
function includesOf(text) {
  return text.split('\n').flatMap((source, index) => {
    const header = /^\s*#\s*include\s*[<"]([^>"]+)[>"]/.exec(source)?.[1];
    return header === undefined ? [] : [{ header, line: index + 1 }];
  });
}
