/** The packages of the workspace, as their package.json describes them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Package
 * @property {string} folder Relative to the top.
 * @property {string} name
 * @property {string} layer From the tag `layer:<name>`; empty without one.
 * @property {string[]} dependencies Names of packages that are there when it is installed.
 * @property {string[]} devDependencies
 */

/**
 * @param {string} root
 * @returns {Package[]}
 */
export function readPackages(root) {
  const folders = [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)];
  return [...folders.sort(), 'examples', 'tools/testkit']
    .filter((folder) => isFile(join(root, folder, 'package.json')))
    .map((folder) => readPackage(root, folder));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Package}
 */
function readPackage(root, folder) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  /** @type {string[]} */
  const tags = manifest.nx?.tags ?? [];
  return {
    folder,
    name: manifest.name,
    layer: tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? '',
    dependencies: Object.keys({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    }),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
  };
}

/** @param {string} path */
function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
