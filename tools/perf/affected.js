/** Which measurements a change can have made slower. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPackages } from '../checkout/packages.js';

/** The named input of nx.json that lists the files which decide how fast a package is. */
const NAMED_INPUT = 'speed';

/**
 * @typedef {object} Affected
 * @property {import('./measurement.js').Measurement[]} measurements
 * @property {string[]} changed Names of the packages whose own code differs.
 */

/**
 * nx selects the packages by the same list. Within a package this selects the measurements: those that
 * reach changed code, and those whose declarations changed.
 *
 * @param {string} root Top of the checkout.
 * @param {import('./measurement.js').Measurement[]} measurements
 * @param {string[]} files That differ, relative to the top.
 * @returns {Affected}
 */
export function affectedBy(root, measurements, files) {
  const packages = readPackages(root);
  const changed = packages
    .filter((one) => files.some((file) => decides(root, file, one.folder)))
    .map(({ name }) => name);
  return {
    changed,
    measurements: measurements.filter(
      ({ reach, folder }) =>
        reach.some((name) => changed.includes(name)) ||
        files.some((file) => file.startsWith(`${folder}/perf/`)),
    ),
  };
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string} folder Of a package.
 */
function decides(root, file, folder) {
  return patternsOf(root, folder).some((pattern) =>
    pattern.endsWith('/**/*') ? file.startsWith(pattern.slice(0, -4)) : file === pattern,
  );
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} Paths, or folders with all that lies in them: `src/**\/*`.
 */
function patternsOf(root, folder) {
  const read = (/** @type {string} */ path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  // A package may have a list of its own: the testkit's is empty.
  const own = read(join(folder, 'package.json')).nx?.namedInputs?.[NAMED_INPUT];
  /** @type {string[]} */
  const patterns = own ?? read('nx.json').namedInputs?.[NAMED_INPUT] ?? ['{projectRoot}/**/*'];
  return patterns.map((pattern) =>
    pattern.replace('{projectRoot}', folder).replace('{workspaceRoot}/', ''),
  );
}
