/** The result as Markdown, for the comment on a pull request. */
import { cellsOf, HEADINGS } from './cells.js';
import { hasFailed } from './result.js';
import { conclusion, isShown, skippedLines } from './text.js';

/**
 * @param {import('./result.js').Result} result
 * @param {string[]} suspected
 * @returns {string}
 */
export function markdownOf(result, suspected) {
  const { base, head, rows, skipped, broken, notes } = result;
  const shown = rows.filter(isShown);
  const sameCounts = rows.length - shown.length;
  const line = (/** @type {string[]} */ cells) => `| ${cells.map(escaped).join(' | ')} |`;
  return [
    `### Performance: ${hasFailed(result) ? 'slower' : 'not slower'}`,
    '',
    conclusion(result, suspected),
    '',
    ...(shown.length > 0
      ? [
          line(HEADINGS),
          '| --- | --- | ---: | ---: | ---: | --- | ---: |',
          ...shown.map((row) => line(cellsOf(row))),
          '',
        ]
      : []),
    `Base ${base}, head ${head}.${sameCounts > 0 ? ` ${sameCounts} counts are the same, and not listed.` : ''}`,
    ...broken.map(
      ({ packageName, name, reason }) => `- BROKEN ${packageName}: ${name}: ${escaped(reason)}`,
    ),
    ...skippedLines(skipped).map((line) => `- ${escaped(line)}`),
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

/** @param {string} cell */
function escaped(cell) {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
