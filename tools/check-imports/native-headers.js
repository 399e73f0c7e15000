/** Checks the includes of the native core. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from '../checkout/files.js';
import { NODE_HEADERS } from './arrows.js';

const NATIVE_SOURCE = /\.(c|cc|cpp|h|hpp|ipp)$/;

/**
 * @param {string} root
 * @param {import('../checkout/packages.js').Package} from
 * @returns {string[]} One line per include that the core may not have.
 */
export function nodeHeadersIn(root, from) {
  const files = filesUnder(`${from.folder}/native/core`, root);
  return files
    .filter((file) => NATIVE_SOURCE.test(file))
    .flatMap((file) =>
      includesOf(readFileSync(join(root, file), 'utf8'))
        .filter(({ header }) => NODE_HEADERS.test(header) || header.includes('binding/'))
        .map(({ header, line }) => `${file}:${line}: the native core may not include ${header}`),
    );
}

/** @param {string} text */
function includesOf(text) {
  return text.split('\n').flatMap((source, index) => {
    const header = /^\s*#\s*include\s*[<"]([^>"]+)[>"]/.exec(source)?.[1];
    return header === undefined ? [] : [{ header, line: index + 1 }];
  });
}
