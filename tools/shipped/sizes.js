/** What the installation of each package may cost: the budget, and the table in the README. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Budget
 * @property {number} packages How many are installed, itself included.
 * @property {number} mebibytes Of all their files.
 */

/** @type {Readonly<Record<string, Budget>>} */
export const BUDGETS = {
  '@arena/shm-core': { packages: 2, mebibytes: 4 },
  '@arena/transport-pool': { packages: 3, mebibytes: 4 },
  '@arena/transport-ring': { packages: 3, mebibytes: 4 },
  '@arena/payloads': { packages: 3, mebibytes: 5 },
  '@arena/video': { packages: 5, mebibytes: 7 },
  '@arena/pipeline': { packages: 6, mebibytes: 6 },
  '@arena/cli': { packages: 60, mebibytes: 20 },
  '@arena/benchmarks': { packages: 200, mebibytes: 140 },
};

/**
 * @param {string} modules A folder `node_modules`.
 * @returns {Budget} What lies there.
 */
export function costOf(modules) {
  const paths = readdirSync(modules, { recursive: true, encoding: 'utf8' });
  const files = paths.map((path) => lstatSync(join(modules, path))).filter((stat) => stat.isFile());
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const isPackage = /(^|node_modules\/)(@[^/]+\/)?[^/@.][^/]*\/package\.json$/;
  return {
    packages: paths.filter((path) => isPackage.test(path)).length,
    mebibytes: bytes / 2 ** 20,
  };
}

/**
 * @param {string} name
 * @param {Budget} cost
 * @returns {string} A row of the README's table.
 */
export const rowOf = (name, { packages, mebibytes }) =>
  `| \`${name}\` | ${packages} | ${mebibytes.toFixed(1)} |`;
