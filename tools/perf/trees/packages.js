/** Gives a work tree its `node_modules`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readPackages } from '../../checkout/packages.js';
import { root } from '../../checkout/root.js';
import { runShown } from '../../commands/run-shown.js';

/**
 * Links the installed packages of this checkout, and the packages of the workspace in the tree itself.
 * Where the lock files differ, npm installs those of the tree, from its cache where it can.
 *
 * @param {string} tree
 */
export async function sharePackages(tree) {
  if (!existsSync(join(tree, 'package.json'))) return;
  if (!isCovered(lockedIn(tree), lockedIn(root))) {
    const install = [
      'npm',
      'ci',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
    ];
    await runShown('installing the npm packages of the base', install, { cwd: tree });
    return;
  }
  const own = readPackages(tree);
  linkFolder(join(root, 'node_modules'), join(tree, 'node_modules'), scopesOf(own));
  for (const { folder, name } of own) {
    const link = join(tree, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(tree, folder)), link);
    const nested = join(root, folder, 'node_modules');
    if (existsSync(nested)) linkFolder(nested, join(tree, folder, 'node_modules'), []);
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @param {string[]} except Names in it that are not linked.
 */
function linkFolder(from, to, except) {
  mkdirSync(to, { recursive: true });
  if (!existsSync(from)) return;
  for (const name of readdirSync(from)) {
    if (except.includes(name) || name === '.cache') continue;
    symlinkSync(join(from, name), join(to, name));
  }
}

/**
 * @param {import('../../checkout/packages.js').Package[]} packages
 * @returns {string[]} First parts of their names: `@arena`, or a name without a scope.
 */
function scopesOf(packages) {
  return [...new Set(packages.map(({ name }) => name.split('/')[0] ?? ''))];
}

/**
 * @param {Map<string, Locked>} wanted
 * @param {Map<string, Locked>} there
 * @returns {boolean} Whether every package is there in the same version, perhaps beside others.
 */
function isCovered(wanted, there) {
  return [...wanted].every(([folder, { version, integrity }]) => {
    const found = there.get(folder);
    return found?.version === version && found?.integrity === integrity;
  });
}

/**
 * @param {string} tree
 * @returns {string} The packages that users get, in their versions: what tests and tools need is left out.
 */
export function lockedForUse(tree) {
  const used = [...lockedIn(tree)].filter(([, { dev }]) => !dev);
  return JSON.stringify(used.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @typedef {{ version?: string, integrity?: string, link?: boolean, dev?: boolean }} Locked */

/**
 * @param {string} tree
 * @returns {Map<string, Locked>} The packages of others that its lock file names, by folder.
 */
function lockedIn(tree) {
  const path = join(tree, 'package-lock.json');
  if (!existsSync(path)) return new Map();
  /** @type {Record<string, Locked>} */
  const packages = JSON.parse(readFileSync(path, 'utf8')).packages;
  return new Map(
    Object.entries(packages).filter(
      ([folder, { link }]) => folder.includes('node_modules/') && !link,
    ),
  );
}
