/**
 * The environment of everything that tests start. It is made, not inherited: a shell that forces
 * colours, another locale, or what npm, nx and vitest set must not change what a program prints.
 */
import { delimiter, dirname } from 'node:path';

/** What a person's shell decides: where programs, libraries and temporary files are. */
const KEPT = ['HOME', 'LD_LIBRARY_PATH', 'TMPDIR'];

/** Settings of arena itself and of its tests, for instance `ARENA_FUZZ_SECONDS`. */
const OWN_SETTING = /^ARENA_/;

const DEFAULT_PATH = ['/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);

/**
 * @param {NodeJS.ProcessEnv} [shell] The environment to take the kept variables from.
 * @returns {Record<string, string>} Has no terminal, no colours, one locale and one time zone. The
 *   program `node` is the one that runs this.
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
