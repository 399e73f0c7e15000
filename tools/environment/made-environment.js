/**
 * Makes the environment of all processes that tests start. They do not inherit the shell's environment:
 * forced colours, another locale, and variables of npm, nx and vitest must not change their output.
 */
import { delimiter, dirname } from 'node:path';

/** Variables that the person's shell decides: places of programs, libraries and temporary files. */
const KEPT = ['HOME', 'LD_LIBRARY_PATH', 'TMPDIR'];

/** Settings of arena itself and of its tests, for instance `ARENA_FUZZ_SECONDS`. */
const OWN_SETTING = /^ARENA_/;

const DEFAULT_PATH = ['/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);

/**
 * @param {NodeJS.ProcessEnv} [shell] The environment to take the kept variables from.
 * @returns {Record<string, string>} Without terminal and colours, with one locale and one time zone. `node`
 *   is the program that runs this.
 */
export function madeEnvironment(shell = process.env) {
  const kept = Object.entries(shell).filter(
    ([name, value]) => value !== undefined && (KEPT.includes(name) || OWN_SETTING.test(name)),
  );
  return {
    .../** @type {Record<string, string>} */ (Object.fromEntries(kept)),
    PATH: withThisNode(shell.PATH || DEFAULT_PATH),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  };
}

/** @param {string} path */
function withThisNode(path) {
  const folder = dirname(process.execPath);
  return path.split(delimiter)[0] === folder ? path : [folder, path].join(delimiter);
}
