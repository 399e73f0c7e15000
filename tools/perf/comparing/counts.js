/** Compares the quantities that are equal in every run of the same code. */
import { tolerance, verdictOfCounts } from './verdict.js';

/**
 * @typedef {import('../measuring/sample.js').Sample} Sample
 * @typedef {import('./row.js').Row} Row
 */

const RUNS = 2;

/**
 * @param {import('./row.js').Sides} sides
 * @param {import('../measurement.js').Measurement} measurement
 * @returns {Promise<Row[]>}
 */
export async function compareCounts(sides, measurement) {
  if (measurement.counts.length === 0) return [];
  const samples = await takeBoth(sides);
  const rows = rowsOf(measurement, samples);
  if (!rows.some(({ verdict }) => verdict === 'slower')) return rows;
  // A growth must show again before it counts.
  const again = await takeBoth(sides);
  return rowsOf(measurement, {
    base: [...samples.base, ...again.base],
    head: [...samples.head, ...again.head],
  });
}

/**
 * @param {import('./row.js').Sides} sides
 * @returns {Promise<{ base: Sample[], head: Sample[] }>}
 */
async function takeBoth({ take }) {
  /** @type {{ base: Sample[], head: Sample[] }} */
  const samples = { base: [], head: [] };
  for (let run = 0; run < RUNS; run++) {
    for (const side of /** @type {const} */ (['base', 'head']))
      samples[side].push(await take(side, 'count'));
  }
  return samples;
}

/**
 * @param {import('../measurement.js').Measurement} measurement
 * @param {{ base: Sample[], head: Sample[] }} samples
 * @returns {Row[]}
 */
function rowsOf({ packageName, name, counts }, samples) {
  return counts
    .filter((quantity) => [...samples.base, ...samples.head].every((sample) => quantity in sample))
    .map((quantity) => {
      const base = samples.base.map((sample) => sample[quantity] ?? 0);
      const head = samples.head.map((sample) => sample[quantity] ?? 0);
      const [least, now] = [Math.min(...base), Math.min(...head)];
      return {
        packageName,
        name,
        quantity,
        base: least,
        head: now,
        ratio: least === 0 && now === 0 ? 1 : now / least,
        verdict: verdictOfCounts(quantity, base, head),
        smallest: least === 0 ? undefined : tolerance(quantity, least) / least,
      };
    });
}
