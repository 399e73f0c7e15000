/** What the commands that do not set up need of set-up, and how they say what is missing. */
import { PlainError } from '../commands/command.js';
import { missingDebianPackages } from './steps/debian-packages.js';
import { missingNativeCode } from './steps/native.js';
import { missingNpmPackages } from './steps/npm-packages.js';
import { missingJavaScript } from './steps/typescript.js';

const INSTALLED = 'npm';
const BUILT = 'built';

/**
 * @param {string[]} needs `npm`: the npm packages are installed; `built`: that, and all code is
 *   built as it is now; any other is a group of Debian packages.
 * @throws {PlainError} Something is missing; the message says what, and which command helps.
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
