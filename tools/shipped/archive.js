/** Looks into an archive of npm. */
import { execFileSync } from 'node:child_process';

/**
 * @param {string} archive
 * @returns {Record<string, any>} Its package.json.
 */
export const manifestIn = (archive) => JSON.parse(textIn(archive, 'package.json'));

/**
 * @param {string} archive
 * @param {string} file Path inside of the package.
 */
export const textIn = (archive, file) =>
  execFileSync('tar', ['-xzOf', archive, `package/${file}`], { encoding: 'utf8' });

/**
 * @param {string} archive
 * @returns {string[]} The paths of its files.
 */
export const filesIn = (archive) =>
  execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((path) => path.replace('package/', ''))
    .sort();
