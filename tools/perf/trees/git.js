/** Asks git. */
import { spawnSync } from 'node:child_process';
import { root } from '../../checkout/root.js';
import { PlainError } from '../../commands/command.js';

/**
 * @param {string[]} args
 * @param {string} [cwd]
 * @returns {string | undefined} What git printed; undefined where it failed.
 */
export function askGit(args, cwd = root) {
  const { status, stdout } = spawnSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {string[]} args
 * @throws {PlainError} With the words of git.
 */
export function git(args) {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status === 0) return stdout.trim();
  throw new PlainError(`\`git ${args.join(' ')}\` failed: ${error?.message ?? stderr.trim()}`);
}

/** @param {string} revision */
export function commitOf(revision) {
  return askGit(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
}

/** @returns {boolean} Whether the checkout lacks older commits. */
export function isShallow() {
  return askGit(['rev-parse', '--is-shallow-repository']) === 'true';
}

/** @returns {boolean} Whether tracked files differ from HEAD, or files are new. */
export function isChanged() {
  return askGit(['status', '--porcelain']) !== '';
}

/**
 * @param {string} base
 * @param {string | undefined} head Undefined: the files as they lie here.
 * @returns {string[]} Files that differ, relative to the top.
 */
export function changedFiles(base, head) {
  const differing = git(['diff', '--name-only', '--no-renames', base, ...(head ? [head] : [])]);
  const added = head ? '' : git(['ls-files', '--others', '--exclude-standard']);
  return [...new Set(`${differing}\n${added}`.split('\n').filter((path) => path !== ''))];
}
