/**
 * Growth that a commit accepts. A commit that has to be slower says so in its message, on a line of
 * its own, with the package and the name of the measurement, and the reason:
 *
 *     Slower: @arena/transport-pool: write 64 KiB: the bytes are checked now
 */
import { askGit } from './trees/git.js';

/**
 * @param {string} base
 * @param {string | undefined} head
 * @returns {(row: import('./comparing/row.js').Row) => string | undefined} Short id of the accepting commit.
 */
export function acceptedIn(base, head) {
  const log = askGit(['log', '--format=%h%x00%B%x01', `${base}..${head ?? 'HEAD'}`]) ?? '';
  const lines = log.split('\u0001').flatMap((entry) => {
    const [commit = '', message = ''] = entry.trim().split('\0');
    return message
      .split('\n')
      .filter((line) => line.startsWith('Slower: '))
      .map((line) => ({ commit, line }));
  });
  return ({ packageName, name }) =>
    lines.find(({ line }) => line.startsWith(`Slower: ${packageName}: ${name}:`))?.commit;
}
