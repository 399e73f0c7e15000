/** Messages and failures of the programs in tools. All messages go to stderr. */

/** A failure that the reader of the message can repair. */
export class PlainError extends Error {}

let speaker = 'arena';

/** @param {string} message One or more lines. */
export function say(message) {
  process.stderr.write(`${speaker}: ${message}\n`);
}

/**
 * Runs the body of a program. A `PlainError` is printed without its stack, and the program ends
 * with 1.
 *
 * @param {string} name Begins every line that the program says, for instance `setup`.
 * @param {() => Promise<boolean | void>} body False ends the program with 1 as well.
 */
export async function runCommand(name, body) {
  speaker = name;
  try {
    if ((await body()) === false) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
