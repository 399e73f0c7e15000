/** Reads the output of a program on a terminal. */

/** Sequences that move the cursor, clear or colour (ECMA-48), and carriage returns. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is controlled by them.
const CONTROL = /\u001b\[[0-?]*[ -/]*[@-~]|\r/g;

/**
 * @param {string} drawn
 * @returns {string[]} The lines without control sequences. A redrawn line comes once for each drawing.
 */
export function plainLines(drawn) {
  return drawn.replaceAll(CONTROL, '').split('\n');
}
