/** Finds out whether two trees run the same code, whatever differs in their sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from '../../checkout/files.js';
import { fingerprint } from '../../checkout/fingerprint.js';
import { lockedForUse } from './packages.js';

/** What runs of a package: its folders, where it has them. */
const RUNNING = ['dist', 'bin', 'build/Release'];
const RUNS = /\.(m?js|node|json)$/;

/**
 * @param {string} base
 * @param {string} head
 * @param {string[]} folders Of the packages that run.
 */
export function runSameCode(base, head, folders) {
  if (lockedForUse(base) !== lockedForUse(head)) return false;
  return folders.every((folder) => codeOf(base, folder) === codeOf(head, folder));
}

/** @type {Map<string, string>} */
const known = new Map();

/**
 * @param {string} tree
 * @param {string} folder
 */
function codeOf(tree, folder) {
  const key = join(tree, folder);
  const found = known.get(key) ?? fingerprint(filesOf(tree, folder), [], tree);
  known.set(key, found);
  return found;
}

/**
 * @param {string} tree
 * @param {string} folder
 */
function filesOf(tree, folder) {
  const compiled = existsSync(join(tree, folder, 'dist'));
  const parts = compiled ? RUNNING : [...RUNNING, 'src'];
  return parts
    .flatMap((part) => filesUnder(join(folder, part), tree))
    .filter((path) => RUNS.test(path) && !isLeftOver(tree, path));
}

/**
 * The compiler leaves the output of a source that was deleted.
 *
 * @param {string} tree
 * @param {string} path
 */
function isLeftOver(tree, path) {
  const source = path.replace('/dist/', '/src/').replace(/js$/, 'ts');
  return path.includes('/dist/') && !existsSync(join(tree, source));
}
