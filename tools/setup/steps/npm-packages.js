/** Installs exactly the packages of package-lock.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../checkout/root.js';
import { runShown } from '../../commands/run-shown.js';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} Locked */

/**
 * Runs `npm ci`, unless node_modules holds the packages of package-lock.json. No package may run a script
 * during its installation, and arena depends on no package that needs one.
 *
 * @returns {Promise<boolean>} Whether anything was installed.
 */
export async function installNpmPackages() {
  if (!areInstalled()) {
    await npm('installing npm packages', ['ci', '--ignore-scripts']);
    return true;
  }
  if (!existsSync(join(root, 'node_modules/.bin/arena'))) {
    // The package was installed before its command existed: npm links only existing files.
    await npm('linking the arena command', ['rebuild', '--ignore-scripts']);
    return true;
  }
  return false;
}

/** @returns {string[]} The missing parts as text; empty when all is installed. */
export function missingNpmPackages() {
  return areInstalled() ? [] : ['the npm packages of package-lock.json are not installed'];
}

function areInstalled() {
  const wanted = packagesIn('package-lock.json');
  // npm's own record of the installed packages.
  const there = packagesIn('node_modules/.package-lock.json');
  return isComplete(wanted, there) && areOnDisk(there);
}

/**
 * @param {string} title
 * @param {string[]} args
 */
async function npm(title, args) {
  // Under `npm run` npm gives its own path, so this is the same npm, even when another is first on the PATH.
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
 * Whether the installed packages are the locked ones. Optional packages may be absent: most of them are
 * binaries of other platforms.
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
