/** Makes a commit that no branch has. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../checkout/root.js';
import { PlainError } from '../../commands/command.js';

/** The same plant on the same commit is the same commit, and is built once. */
const MADE = '2026-01-01T00:00:00Z';

/**
 * @param {string} base Full id.
 * @param {import('./plants.js').Plant} plant
 * @returns {string} Full id of the commit after it that has the plant.
 */
export function commitPlant(base, { title, file, from, to }) {
  const text = run(['show', `${base}:${file}`]);
  if (text.split(from).length !== 2) {
    throw new PlainError(`${file} has not exactly one "${from}". Mend tools/perf/rates/plants.js.`);
  }
  const index = join(root, `build/perf/plant-${process.pid}.index`);
  const env = { GIT_INDEX_FILE: index };
  const blob = run(
    ['hash-object', '-w', '--stdin'],
    env,
    text.replace(from, () => to),
  ).trim();
  run(['read-tree', base], env);
  run(['update-index', '--cacheinfo', `100644,${blob},${file}`], env);
  const tree = run(['write-tree'], env).trim();
  rmSync(index, { force: true });
  return run(['commit-tree', tree, '-p', base, '-m', `Plant ${title}`], author()).trim();
}

function author() {
  return Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'arena'],
      [`GIT_${who}_EMAIL`, 'arena@example.invalid'],
      [`GIT_${who}_DATE`, MADE],
    ]),
  );
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @param {string} [input]
 */
function run(args, env = {}, input = '') {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    input,
  });
  if (status === 0) return stdout;
  throw new PlainError(`\`git ${args.join(' ')}\` failed: ${stderr.trim()}`);
}
