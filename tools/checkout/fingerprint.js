/** Compares the inputs of a step with those of its last success. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder } from './files.js';
import { root } from './root.js';

/**
 * Computes a name for the content of files and folders. Equal content gives an equal name, whatever the
 * times of the files, because git sets new times on every checkout.
 *
 * @param {string[]} paths Files and folders, relative to the top. A missing one counts as well.
 * @param {string[]} [facts] Other facts that the step depends on.
 * @param {string} [top] The top of this checkout, unless another one is given.
 */
export function fingerprint(paths, facts = [], top = root) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const path of paths.flatMap((path) => filesUnder(path, top))) {
    hash.update(`\0${path}\0`).update(readFileSync(join(top, path)));
  }
  return hash.digest('hex');
}

/**
 * @param {string} stamp File that the step's last success left, relative to the top.
 * @param {string} wanted
 */
export function isStamped(stamp, wanted) {
  try {
    return readFileSync(join(root, stamp), 'utf8') === wanted;
  } catch {
    return false;
  }
}

/**
 * @param {string} stamp
 * @param {string} reached
 */
export function writeStamp(stamp, reached) {
  mkdirSync(dirname(join(root, stamp)), { recursive: true });
  writeFileSync(join(root, stamp), reached);
}
