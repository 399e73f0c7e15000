/** The packages of the workspace: those that the top's package.json names as workspaces. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Package
 * @property {string} folder Relative to the top.
 * @property {string} name
 * @property {string} layer From the tag `layer:<name>`; empty without one.
 * @property {string[]} targets What nx can do with it.
 * @property {string | undefined} node The versions of Node that it runs on.
 * @property {string[]} dependencies Names of packages that are there when it is installed.
 * @property {string[]} devDependencies
 */

/**
 * @param {string} root Top of the checkout.
 * @returns {string[]} Their folders, in the order of package.json.
 */
export function packageFolders(root) {
  return readManifest(root, '.').workspaces;
}

/**
 * @param {string} root
 * @returns {Package[]}
 */
export function readPackages(root) {
  return packageFolders(root).map((folder) => readPackage(root, folder));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Package}
 */
function readPackage(root, folder) {
  const manifest = readManifest(root, folder);
  /** @type {string[]} */
  const tags = manifest.nx?.tags ?? [];
  return {
    folder,
    name: manifest.name,
    layer: tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? '',
    targets: Object.keys(manifest.nx?.targets ?? {}),
    node: manifest.engines?.node,
    dependencies: Object.keys({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    }),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
  };
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {any}
 */
function readManifest(root, folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}
