/** Finds the two commits that are compared. */
import { root } from '../../checkout/root.js';
import { askGit, commitOf, isChanged, isShallow } from './git.js';

/**
 * @typedef {object} Range
 * @property {string} base Full id of a commit.
 * @property {string | undefined} head Full id; undefined for the files as they lie here.
 * @property {string} headLabel For the reader.
 */

/**
 * As nx does, compares with the commit from which the head went its own way.
 *
 * @param {string | undefined} base A revision. By default the merge base with main, or on main itself the
 *   commit before.
 * @param {string | undefined} head A revision; by default the files as they lie here.
 * @returns {Range | string} In words why there is nothing to compare with.
 */
export function rangeOf(base, head) {
  const here = commitOf('HEAD');
  if (here === undefined) return `${root} is no clone of a git repository with a commit.`;
  const top = head === undefined ? here : commitOf(head);
  if (top === undefined) return lackOf(head ?? 'HEAD');
  const wanted = base === undefined ? defaultBase(top) : commitOf(base);
  if (wanted === undefined) return lackOf(base ?? 'a commit before this one');
  const forked = askGit(['merge-base', wanted, top]) || wanted;
  const isHere = top === here;
  const changes = isHere && isChanged() ? ' with changes' : '';
  return {
    base: forked,
    head: isHere ? undefined : top,
    headLabel: `${top.slice(0, 7)}${changes}`,
  };
}

/** @param {string} top */
function defaultBase(top) {
  for (const main of ['origin/main', 'main']) {
    const forked = commitOf(main) && askGit(['merge-base', main, top]);
    if (forked && forked !== top) return forked;
  }
  return commitOf(`${top}~1`);
}

/** @param {string} revision */
function lackOf(revision) {
  return isShallow()
    ? `${revision} is not in this clone, which is shallow. \`git fetch --unshallow\` brings it.`
    : `${revision} is not in this clone. \`git fetch\` may bring it.`;
}
