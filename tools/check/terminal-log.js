/** Reads what a program drew on a terminal. */

/** What moves the cursor, clears, or colours (ECMA-48), and what returns to the line's beginning. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is controlled by them.
const CONTROL = /\u001b\[[0-?]*[ -/]*[@-~]|\r/g;

/**
 * @param {string} drawn
 * @returns {string[]} Its lines without the control sequences; what was redrawn is there each time.
 */
export function plainLines(drawn) {
  return drawn.replaceAll(CONTROL, '').split('\n');
}
