/** The file of the history: CSV, which `arena plot` draws as a trend. */
import { appendFileSync, existsSync } from 'node:fs';

/** `benchmarks/src/trend/csv.ts` reads these columns. */
const COLUMNS = ['at', 'commit', 'package', 'measurement', 'quantity', 'median', 'low', 'high'];

/**
 * @typedef {object} HistoryRow
 * @property {string} at
 * @property {string} commit
 * @property {string} packageName
 * @property {string} name
 * @property {string} quantity
 * @property {number} median
 * @property {number} low
 * @property {number} high
 */

/**
 * @param {string} path
 * @param {HistoryRow[]} rows
 */
export function appendRows(path, rows) {
  const heading = existsSync(path) ? '' : `${COLUMNS.join(',')}\r\n`;
  const lines = rows.map(({ at, commit, packageName, name, quantity, median, low, high }) =>
    [at, commit, packageName, name, quantity, ...[median, low, high].map(rounded)]
      .map(quoted)
      .join(','),
  );
  appendFileSync(path, heading + lines.map((line) => `${line}\r\n`).join(''));
}

/** @param {number} value */
function rounded(value) {
  return String(Number(value.toPrecision(9)));
}

/** @param {string} cell */
function quoted(cell) {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
