/** The result of a comparison, and what follows from it. */
import { withDependencies } from '../measurement.js';

/**
 * @typedef {import('../comparing/row.js').Row} Row
 *
 * @typedef {object} Result
 * @property {string} base Short id of the commit.
 * @property {string} head
 * @property {string[]} changed Names of the packages whose own code differs.
 * @property {Row[]} rows
 * @property {{ packageName: string, name: string, reason: string }[]} skipped
 * @property {{ packageName: string, name: string, reason: string }[]} broken Cannot be measured any more.
 * @property {string[]} notes
 */

/** @param {Result} result */
export function failures({ rows }) {
  return rows.filter(({ verdict, accepted }) => verdict === 'slower' && accepted === undefined);
}

/** @param {Result} result */
export function hasFailed(result) {
  return failures(result).length > 0 || result.broken.length > 0;
}

/**
 * The packages to look into: they changed, and a measurement that reaches them is slower. When one of
 * them depends on another, the other is the likelier cause.
 *
 * @param {Result} result
 * @param {import('../measurement.js').Measurement[]} measurements
 * @param {import('../../checkout/packages.js').Package[]} packages
 * @returns {string[]}
 */
export function suspects(result, measurements, packages) {
  const slower = failures(result);
  const reached = new Set(
    slower.flatMap(({ packageName, name }) => {
      const found = measurements.find(
        (one) => one.packageName === packageName && one.name === name,
      );
      return found?.reach ?? [];
    }),
  );
  const possible = result.changed.filter((name) => reached.has(name));
  return possible.filter(
    (name) =>
      !withDependencies(name, packages).some((other) => other !== name && possible.includes(other)),
  );
}

/**
 * @param {Result[]} results Of packages, in one comparison.
 * @returns {Result | undefined}
 */
export function together(results) {
  const [first] = results;
  if (first === undefined) return undefined;
  return {
    ...first,
    rows: results.flatMap(({ rows }) => rows),
    skipped: results.flatMap(({ skipped }) => skipped),
    broken: results.flatMap(({ broken }) => broken),
    notes: [...new Set(results.flatMap(({ notes }) => notes))],
  };
}
