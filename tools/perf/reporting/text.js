/** The result as text, for a terminal or a log. */
import { cellsOf, HEADINGS } from './cells.js';
import { failures, hasFailed } from './result.js';

/**
 * @param {import('./result.js').Result} result
 * @param {string[]} suspected Names of packages.
 * @returns {string}
 */
export function textOf(result, suspected) {
  const { base, head, rows, skipped, broken, notes } = result;
  const shown = rows.filter(isShown);
  const sameCounts = rows.length - shown.length;
  return [
    `performance: base ${base}, head ${head}`,
    '',
    ...(shown.length > 0 ? [...table([HEADINGS, ...shown.map(cellsOf)]), ''] : []),
    ...(sameCounts > 0 ? [`${sameCounts} counts are the same, and not listed.`] : []),
    ...skippedLines(skipped),
    ...notes,
    ...broken.map(({ packageName, name, reason }) => `BROKEN ${packageName}: ${name}: ${reason}`),
    conclusion(result, suspected),
  ].join('\n');
}

/**
 * One line for each reason.
 *
 * @param {import('./result.js').Result['skipped']} skipped
 */
export function skippedLines(skipped) {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const names = skipped
      .filter((one) => one.reason === reason)
      .map(({ packageName, name }) => `${packageName}: ${name}`);
    const shown = names.length > 3 ? `${names.length} measurements` : names.join('; ');
    return `Not measured: ${shown}: ${reason}`;
  });
}

/**
 * Counts that did not change say nothing new: there are several for each measurement.
 *
 * @param {import('./result.js').Row} row
 */
export function isShown({ low, verdict }) {
  return low !== undefined || verdict !== 'same';
}

/**
 * @param {import('./result.js').Result} result
 * @param {string[]} suspected
 * @returns {string}
 */
export function conclusion(result, suspected) {
  const slower = failures(result);
  if (slower.length === 0) {
    return hasFailed(result)
      ? 'A measurement is broken: the head cannot run it, and the base can.'
      : 'Nothing became slower, as far as this run could see.';
  }
  const names = [...new Set(slower.map(({ packageName, name }) => `${packageName}: ${name}`))];
  const where = suspected.length > 0 ? ` Look into ${suspected.join(' and ')}, which changed.` : '';
  return `Slower: ${names.join('; ')}.${where}`;
}

/**
 * @param {string[][]} lines The first one is the heading. The first two columns are text.
 * @returns {string[]}
 */
function table(lines) {
  const widths = HEADINGS.map((_, column) =>
    Math.max(...lines.map((cells) => (cells[column] ?? '').length)),
  );
  const drawn = lines.map((cells) =>
    cells
      .map((cell, column) => {
        const isText = column < 2 || HEADINGS[column] === 'verdict';
        return isText ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd(),
  );
  const [heading = '', ...rest] = drawn;
  return [heading, '-'.repeat(Math.max(...drawn.map(({ length }) => length))), ...rest];
}
