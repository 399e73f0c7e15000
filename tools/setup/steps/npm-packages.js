/** The packages of package-lock.json, exactly. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../checkout/root.js';
import { runShown } from '../../commands/run-shown.js';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} Locked */

/**
 * Runs `npm ci` unless node_modules holds what package-lock.json names. No package may run a script
 * of its own while it is installed: arena depends on none that would have to.
 *
 * @returns {Promise<boolean>} Whether anything was installed.
 */
export async function installNpmPackages() {
  if (!areInstalled()) {
    await npm('installing npm packages', ['ci', '--ignore-scripts']);
    return true;
  }
  if (!existsSync(join(root, 'node_modules/.bin/arena'))) {
    // Installed before the command had a file: npm links only what is there.
    await npm('linking the arena command', ['rebuild', '--ignore-scripts']);
    return true;
  }
  return false;
}

/** @returns {string[]} What is missing; empty when all is installed. */
export function missingNpmPackages() {
  return areInstalled() ? [] : ['the npm packages of package-lock.json are not installed'];
}

function areInstalled() {
  const wanted = packagesIn('package-lock.json');
  // npm's own record of what it put there.
  const there = packagesIn('node_modules/.package-lock.json');
  return isComplete(wanted, there) && areOnDisk(there);
}

/**
 * @param {string} title
 * @param {string[]} args
 */
async function npm(title, args) {
  // Under `npm run` npm names itself: the same npm, even where it is not first on the PATH.
  const self = process.env.npm_execpath;
  const program = self?.endsWith('.js') ? [process.execPath, self] : ['npm'];
  await runShown(title, [...program, ...args, '--no-audit', '--no-fund'], { cwd: root });
}

/**
 * @param {string} lockfile Relative to the top.
 * @returns {Map<string, Locked>} By folder; empty when there is no such file.
 */
function packagesIn(lockfile) {
  if (!existsSync(join(root, lockfile))) return new Map();
  const { packages } = JSON.parse(readFileSync(join(root, lockfile), 'utf8'));
  return new Map(Object.entries(packages).filter(([folder]) => folder.includes('node_modules/')));
}

/**
 * Whether what is installed is what is locked. Optional packages may be absent: most of them are
 * the binaries of other platforms.
 *
 * @param {Map<string, Locked>} wanted
 * @param {Map<string, Locked>} there
 */
export function isComplete(wanted, there) {
  const surplus = [...there.keys()].some((folder) => !wanted.has(folder));
  if (surplus) return false;
  return [...wanted].every(([folder, locked]) => {
    const installed = there.get(folder);
    if (installed === undefined) return locked.optional === true;
    return installed.version === locked.version && installed.integrity === locked.integrity;
  });
}

/** @param {Map<string, Locked>} there */
function areOnDisk(there) {
  return [...there.keys()].every((folder) => existsSync(join(root, folder, 'package.json')));
}
