/**
 * Records how often the checks miss a slow-down, and how often they raise a false alarm: plants changes
 * whose effect is known, and compares each with the commit without it.
 *
 *     node tools/perf/rates [--tries 20] [--plant TEXT] [--output build/perf/rates.json]
 *
 * Another process keeps one core busy meanwhile. The output is added to: a run that was ended goes on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../checkout/root.js';
import { runCommand, say } from '../../commands/command.js';
import { git } from '../trees/git.js';
import { commitPlant } from './commit-plant.js';
import { PLANTS } from './plants.js';

/**
 * @typedef {object} Try
 * @property {string} title
 * @property {string} commit Without the plant.
 * @property {boolean} failed The check said slower.
 * @property {boolean} attributed It named the package of the plant, and no other.
 * @property {string[]} slower Quantities.
 */

await runCommand('rates', async () => {
  const { values } = parseArgs({
    options: {
      tries: { type: 'string', default: '20' },
      plant: { type: 'string', default: '' },
      output: { type: 'string', default: 'build/perf/rates.json' },
      base: { type: 'string', default: 'HEAD' },
    },
  });
  const path = resolve(root, values.output);
  const base = git(['rev-parse', values.base]);
  const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  process.on('exit', () => busy.kill('SIGKILL'));
  for (const plant of PLANTS.filter(({ title }) => title.includes(values.plant))) {
    const commit = commitPlant(base, plant);
    while (triesOf(path, plant.title).length < Number(values.tries)) {
      keep(path, tryOnce(plant, base, commit));
    }
  }
  busy.kill('SIGKILL');
  for (const plant of PLANTS) console.log(lineOf(plant, triesOf(path, plant.title)));
});

/**
 * @param {import('./plants.js').Plant} plant
 * @param {string} base
 * @param {string} commit
 * @returns {Try}
 */
function tryOnce({ title, only, cause, counts }, base, commit) {
  const range = ['--base', base, '--head', commit, '--only', only];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['tools/perf', ...range, ...(counts ? ['--counts'] : []), '--json'],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (!stdout.startsWith('{')) throw new Error(`${title}: ${stdout}${stderr}`);
  const { rows = [], suspects = [] } = JSON.parse(stdout);
  if (rows.length === 0) throw new Error(`${title}: nothing was measured: ${stdout}`);
  const slower = rows.filter((/** @type {any} */ row) => row.verdict === 'slower');
  say(`${title}: ${slower.length > 0 ? 'slower' : 'not slower'}`);
  return {
    title,
    commit: base.slice(0, 7),
    failed: slower.length > 0,
    attributed: suspects.length === 1 && suspects[0] === cause,
    slower: slower.map((/** @type {any} */ row) => row.quantity),
  };
}

/**
 * @param {string} path
 * @param {string} [title]
 * @returns {Try[]}
 */
function triesOf(path, title) {
  if (!existsSync(path)) return [];
  /** @type {Try[]} */
  const all = JSON.parse(readFileSync(path, 'utf8'));
  return title === undefined ? all : all.filter((one) => one.title === title);
}

/**
 * @param {string} path
 * @param {Try} one
 */
function keep(path, one) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify([...triesOf(path), one], null, 1));
}

/**
 * @param {import('./plants.js').Plant} plant
 * @param {Try[]} tries
 */
function lineOf({ title, cause }, tries) {
  const failed = tries.filter((one) => one.failed).length;
  if (cause === undefined) return `| ${title} | ${tries.length} | ${failed} false alarms | |`;
  const attributed = tries.filter((one) => one.attributed).length;
  return `| ${title} | ${tries.length} | ${failed} caught | ${attributed} named ${cause} |`;
}
