/**
 * Work trees of other commits, built and kept: `build/perf/trees/<commit>-<toolchain>`.
 *
 * A tree shares the installed packages of this checkout where both lock files name the same ones, so
 * nothing is downloaded. It also starts from what is compiled here: only what differs is compiled.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from '../../checkout/root.js';
import { runShown } from '../../commands/run-shown.js';
import { git } from './git.js';
import { sharePackages } from './packages.js';
import { seedBuild } from './seed.js';

const TREES = join(root, 'build/perf/trees');
/** Written last: a tree without it was interrupted, and is made anew. */
const READY = '.arena-perf-ready';
/** Trees that were used last. */
const KEPT_TREES = 12;

/**
 * @param {string} commit Full id.
 * @param {string} title What it is, for the reader: `the base`.
 * @param {string[]} build Command that builds a checkout, run at its top.
 * @returns {Promise<string>} Top of the built tree.
 */
export async function treeOf(commit, title, build) {
  const tree = join(TREES, `${commit.slice(0, 12)}-${toolchain()}`);
  if (!existsSync(join(tree, READY))) {
    removeTree(tree);
    mkdirSync(TREES, { recursive: true });
    git(['worktree', 'add', '--quiet', '--detach', '--force', tree, commit]);
    await sharePackages(tree);
    if (build.length > 0) {
      seedBuild(tree);
      const env = { ...process.env, INIT_CWD: tree };
      await runShown(`building ${title}, ${commit.slice(0, 7)}`, build, { cwd: tree, env });
    }
    writeFileSync(join(tree, READY), '');
  }
  const now = new Date();
  utimesSync(join(tree, READY), now, now);
  removeOldTrees();
  return tree;
}

/** @param {string} tree */
function removeTree(tree) {
  rmSync(tree, { recursive: true, force: true });
  git(['worktree', 'prune']);
}

function removeOldTrees() {
  const usedAt = (/** @type {string} */ name) =>
    statSync(join(TREES, name, READY), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const names = readdirSync(TREES).sort((a, b) => usedAt(b) - usedAt(a));
  for (const name of names.slice(KEPT_TREES)) removeTree(join(TREES, name));
}

/** A short name for what compiles and runs: Node, the processor and the compiler. */
export function toolchain() {
  const { stdout } = spawnSync(process.env.CXX || 'c++', ['--version'], { encoding: 'utf8' });
  const compiler = stdout?.split('\n')[0] ?? 'no compiler';
  const facts = [process.version, process.platform, process.arch, compiler];
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 8);
}
