/** Finds the source files of a package. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('../checkout/packages.js').Package} Package */

const SOURCE = /\.(ts|mts|cts|js|mjs|cjs)$/;
/** Folders of built and installed files. */
const NO_SOURCES = ['dist', 'build', 'vendor', 'node_modules'];

/**
 * @param {string} root
 * @param {Package} from
 * @param {Package[]} packages
 * @returns {string[]} Its TypeScript and JavaScript files, relative to the top, without packages inside it.
 */
export function sourcesOf(root, from, packages) {
  return sourcesUnder(root, from.folder).filter((file) => ownerOf(file, packages) === from);
}

/**
 * @param {string} path Relative to the top.
 * @param {Package[]} packages
 * @returns {Package | undefined} The innermost package that it lies in.
 */
export function ownerOf(path, packages) {
  const around = packages.filter(({ folder }) => path === folder || path.startsWith(`${folder}/`));
  return around.sort((a, b) => b.folder.length - a.folder.length)[0];
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
export function sourcesUnder(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NO_SOURCES.includes(entry.name) ? [] : sourcesUnder(root, path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}
