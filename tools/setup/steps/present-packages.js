/** Finds out which Debian packages are installed, or replaced by other files. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @typedef {import('./debian-groups.js').DebianPackage} DebianPackage */

/**
 * @param {DebianPackage[]} wanted
 * @returns {DebianPackage[]} Those of them that are missing.
 */
export function missingPackages(wanted) {
  const installed = installedPackages(wanted);
  return wanted.filter((debianPackage) => !isThere(debianPackage, installed));
}

/**
 * @param {DebianPackage} wanted
 * @param {Set<string>} installed
 */
function isThere({ name, provides }, installed) {
  return installed.has(name) || (provides !== undefined && isProvided(provides));
}

/** @param {string} provided A command, or the full path of a file or folder. */
export function isProvided(provided) {
  if (provided.startsWith('/')) return isAccessible(provided, constants.R_OK);
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => isAccessible(join(folder, provided), constants.X_OK));
}

/**
 * @param {string} path
 * @param {number} mode
 */
function isAccessible(path, mode) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {DebianPackage[]} packages
 * @returns {Set<string>} Empty where there is no dpkg.
 */
function installedPackages(packages) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in.
  const format = '${Package} ${db:Status-Status}\n';
  const names = packages.map(({ name }) => name);
  // dpkg-query exits with 1 when it does not know a name. Its stdout has the other names.
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' });
  const lines = (stdout ?? '').split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(lines.map((line) => line.slice(0, line.indexOf(' '))));
}
