/** What is measured: the declarations in the folders `perf` of the packages. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readPackages } from '../checkout/packages.js';
import { PlainError } from '../commands/command.js';

/**
 * A quantity that is compared.
 *
 * - `wall`, `cpu`: nanoseconds an item. `instructions`: of the processor, an item.
 * - `calls`: system calls an item. `wakeUps`: futex wakes, and short writes into a pipe.
 * - `copied`: bytes that memcpy and memmove copied, an item. `allocations`: calls of malloc, an item.
 * - `heap`: bytes that an item takes on the heap of JavaScript.
 *
 * @typedef {'wall' | 'cpu' | 'instructions' | 'calls' | 'wakeUps' | 'copied' | 'allocations' | 'heap'} Quantity
 */

/**
 * @typedef {object} Subject What a measurement's `start` returns.
 * @property {(items: number) => unknown} run Moves so many items. May return a promise.
 * @property {() => unknown} [stop]
 */

/**
 * @typedef {object} Declared One measurement, as a file `perf/*.perf.js` declares it.
 * @property {string} name
 * @property {number} items Items of a block. A block should take 5 to 20 ms.
 * @property {'cpu' | 'wall'} time What is timed. `wall` where the time is spent in waiting.
 * @property {number} [threshold] Growth of the time that fails; 0.05 by default.
 * @property {Quantity[]} [counts] Quantities that are the same in every run of the same code.
 * @property {string[]} [reach] Names of the packages whose code runs. By default the package and all of
 *   its dependencies.
 * @property {boolean} [spread] Several processes take part: they may run on every processor.
 * @property {() => Subject | Promise<Subject>} start Runs in the measured process. The file imports the
 *   packages of the workspace here, not at its top: the list of measurements is read before they are built.
 */

/**
 * @typedef {Declared & { packageName: string, folder: string, file: string, threshold: number,
 *   counts: Quantity[], reach: string[] }} Measurement
 */

const DEFAULT_THRESHOLD = 0.05;

/**
 * @param {string} root Top of the checkout.
 * @returns {Promise<Measurement[]>} Of all packages.
 */
export async function readMeasurements(root) {
  const packages = readPackages(root);
  const lists = await Promise.all(packages.map((one) => measurementsOf(root, one, packages)));
  return lists.flat();
}

/**
 * @param {string} root
 * @param {import('../checkout/packages.js').Package} one
 * @param {import('../checkout/packages.js').Package[]} packages
 * @returns {Promise<Measurement[]>}
 */
async function measurementsOf(root, one, packages) {
  const folder = join(root, one.folder, 'perf');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.perf.js'));
  const lists = await Promise.all(
    files.sort().map(async (name) => {
      const file = `${one.folder}/perf/${name}`;
      const { measurements } = await import(pathToFileURL(join(root, file)).href);
      return measurements.map((/** @type {Declared} */ declared) => ({
        threshold: DEFAULT_THRESHOLD,
        counts: [],
        reach: withDependencies(one.name, packages),
        ...checked(declared, file),
        packageName: one.name,
        folder: one.folder,
        file,
      }));
    }),
  );
  return lists.flat();
}

/**
 * @param {Declared} declared
 * @param {string} file
 */
function checked(declared, file) {
  const { name, items, time, start } = declared;
  const complete = typeof name === 'string' && items > 0 && typeof start === 'function';
  if (complete && (time === 'cpu' || time === 'wall')) return declared;
  throw new PlainError(
    `${file}: the measurement ${name ?? '(without a name)'} is not complete. It needs name, items (above 0), time ('cpu' or 'wall') and start.`,
  );
}

/**
 * @param {string} name
 * @param {import('../checkout/packages.js').Package[]} packages
 * @param {Set<string>} [found]
 * @returns {string[]} The package and every package of the workspace that it depends on.
 */
export function withDependencies(name, packages, found = new Set()) {
  const one = packages.find((other) => other.name === name);
  if (one === undefined || found.has(name)) return [];
  found.add(name);
  for (const dependency of one.dependencies) withDependencies(dependency, packages, found);
  return [...found];
}
