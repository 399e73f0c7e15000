import { filesUnder } from '../checkout/files.js';
import { packageFolders } from '../checkout/packages.js';

/** Only this version, because each version formats differently. */
const CLANG_FORMAT = 'clang-format-16';
const SOURCE = /\.(cpp|hpp)$/;

/**
 * @param {string} root
 * @param {string[]} mode Whether it checks or writes.
 * @returns {string[]} The command that does so with all C++ code of the packages.
 */
export function clangFormat(root, mode) {
  const files = packageFolders(root)
    .flatMap((folder) => filesUnder(`${folder}/native`, root))
    .filter((path) => SOURCE.test(path));
  return [CLANG_FORMAT, ...mode, ...files];
}
