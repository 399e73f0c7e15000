import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.js';

/**
 * @param {string} path Relative to `top`.
 * @param {string} [top] The top of this checkout, unless another one is given.
 * @returns {string[]} The path itself if it is a file, every file below it if it is a folder.
 */
export function filesUnder(path, top = root) {
  const stat = statSync(join(top, path), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(join(top, path))
    .sort()
    .flatMap((name) => filesUnder(join(path, name), top));
}
