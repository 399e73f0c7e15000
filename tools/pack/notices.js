/** What a published package contains or uses of others, and under which licences. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checkout/root.js';

const NOTICES = 'THIRD_PARTY_NOTICES.md';

/**
 * The sections of THIRD_PARTY_NOTICES.md that hold for a package.
 *
 * @param {string} folder Of the package, or of the package that the binaries belong to.
 * @param {boolean} binaries Whether it holds binaries, or sources.
 * @returns {string} Empty when nothing of others is in it.
 */
export function notices(folder, binaries) {
  const [introduction = '', ...sections] = readFileSync(join(root, NOTICES), 'utf8').split(
    /^(?=## )/m,
  );
  const wanted = sections.filter((section) => {
    const [, list = ''] = /^In: (.*)$/m.exec(section) ?? [];
    return list.split(', ').includes(`${folder}${binaries ? ' (binaries)' : ''}`);
  });
  return wanted.length === 0 ? '' : [introduction, ...wanted].join('');
}
