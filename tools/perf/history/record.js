/** Records what this commit takes: `npx nx run-many -t perf --record`. */
import { resolve } from 'node:path';
import { root } from '../../checkout/root.js';
import { say } from '../../commands/command.js';
import { runShown } from '../../commands/run-shown.js';
import { intervalOfMedian } from '../comparing/statistics.js';
import { readMeasurements } from '../measurement.js';
import { buildCounters } from '../measuring/native.js';
import { takeSample } from '../measuring/sample.js';
import { isChosen } from '../run.js';
import { git, isChanged } from '../trees/git.js';
import { appendRows } from './history-file.js';

/** Fresh processes for the time of a measurement, and for its counts. */
const TIMED = 10;
const COUNTED = 3;
const LEVEL = 0.95;

/**
 * Appends the median of every quantity to the history, with the interval of that median.
 *
 * @param {import('../options.js').Options} options
 * @returns {Promise<boolean>} False when a measurement could not be taken.
 */
export async function record(options) {
  if (options.build.length > 0) await runShown('building', options.build, { cwd: root });
  const commit = git(['rev-parse', '--short', 'HEAD']) + (isChanged() ? '+' : '');
  const at = new Date().toISOString();
  const counters = buildCounters();
  for (const missing of counters.missing) say(missing);
  const chosen = (await readMeasurements(root)).filter((one) => isChosen(one, options));
  const path = resolve(root, options.history);
  let complete = true;
  for (const measurement of chosen) {
    const { packageName, name } = measurement;
    const rows = await rowsOf(measurement, counters);
    if (typeof rows === 'string') {
      say(`${packageName}: ${name} is not recorded: ${rows}`);
      complete = false;
      continue;
    }
    appendRows(
      path,
      rows.map((row) => ({ at, commit, packageName, name, ...row })),
    );
    say(`${packageName}: ${name} is recorded in ${options.history}.`);
  }
  return complete;
}

/**
 * @param {import('../measurement.js').Measurement} measurement
 * @param {import('../measuring/native.js').Counters} counters
 * @returns {Promise<{ quantity: string, median: number, low: number, high: number }[] | string>} In words
 *   why there are none.
 */
async function rowsOf(measurement, counters) {
  const timed = await samplesOf(measurement, 'time', TIMED, counters);
  if (typeof timed === 'string') return timed;
  const counted = measurement.counts.length === 0 ? 0 : COUNTED;
  const counts = await samplesOf(measurement, 'count', counted, counters);
  if (typeof counts === 'string') return counts;
  return [
    ...rowsFrom([measurement.time, 'instructions'], timed),
    ...rowsFrom(measurement.counts, counts),
  ];
}

/**
 * @param {import('../measurement.js').Measurement} measurement
 * @param {'time' | 'count'} mode
 * @param {number} count
 * @param {import('../measuring/native.js').Counters} counters
 */
async function samplesOf(measurement, mode, count, counters) {
  const samples = [];
  while (samples.length < count) {
    const outcome = await takeSample({ tree: root, measurement, mode, counters });
    if ('failure' in outcome) return outcome.failure;
    samples.push(outcome.sample);
  }
  return samples;
}

/**
 * @param {string[]} quantities
 * @param {import('../measuring/sample.js').Sample[]} samples
 */
function rowsFrom(quantities, samples) {
  return quantities.flatMap((quantity) => {
    const values = samples.flatMap((sample) => sample[quantity] ?? []);
    return values.length === 0 ? [] : [{ quantity, ...intervalOfMedian(values, LEVEL) }];
  });
}
