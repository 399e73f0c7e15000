/** Reads from a binary which versions of libraries it needs. */
import { spawnSync } from 'node:child_process';
import { PlainError } from '../commands/command.js';

/**
 * @param {string} file
 * @param {string} oldest A version of glibc, for instance `2.28`.
 * @returns {string[]} The symbols that this version lacks, and all that come from the C++ library, which a
 *   published binary has inside.
 */
export function tooNewSymbols(file, oldest) {
  return neededSymbols(file).filter((symbol) => {
    const [library, version = ''] = (symbol.split('@')[1] ?? '').split('_');
    if (library === 'GLIBCXX' || library === 'CXXABI') return true;
    return library === 'GLIBC' && isNewer(version, oldest);
  });
}

/**
 * @param {string} file
 * @returns {string[]} For instance `memcpy@GLIBC_2.14`.
 */
export function neededSymbols(file) {
  // nm of binutils reads the files of every processor's Linux.
  const args = ['-D', '--undefined-only', '--with-symbol-versions', file];
  const { status, stdout, stderr } = spawnSync('nm', args, { encoding: 'utf8' });
  if (status !== 0) throw new PlainError(`nm cannot read ${file}: ${stderr}`);
  return stdout.split('\n').flatMap((line) => /\S+@\S+$/.exec(line)?.[0] ?? []);
}

/**
 * @param {string} version
 * @param {string} than
 */
const isNewer = (version, than) => version.localeCompare(than, 'en', { numeric: true }) > 0;
