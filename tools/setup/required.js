/** Checks the requirements of commands that do not set up, and reports the missing ones. */
import { PlainError } from '../commands/command.js';
import { missingDebianPackages } from './steps/debian-packages.js';
import { missingNativeCode } from './steps/native.js';
import { missingNpmPackages } from './steps/npm-packages.js';
import { missingJavaScript } from './steps/typescript.js';

const INSTALLED = 'npm';
const BUILT = 'built';

/**
 * @param {string[]} needs `npm`: the npm packages are installed. `built`: also, the present code is built.
 *   Any other value is a group of Debian packages.
 * @throws {PlainError} Something is missing. The message names it, and the command that installs it.
 */
export function requireSetUp(needs) {
  const groups = needs.filter((need) => need !== INSTALLED && need !== BUILT);
  const missing = [
    ...missingDebianPackages(groups),
    ...(needs.length > groups.length ? missingNpmPackages() : []),
    ...(needs.includes(BUILT) ? [...missingNativeCode(), ...missingJavaScript()] : []),
  ];
  if (missing.length === 0) return;
  const extra = groups.length > 0 ? ` -- --with=${groups.join(',')}` : '';
  throw new PlainError(`${missing.join('; ')}. This helps:\n  npm run build${extra}`);
}
