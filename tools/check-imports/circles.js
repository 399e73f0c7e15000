/** Finds folders of tools that import each other in a circle. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importsOf } from './imports-of.js';
import { sourcesUnder } from './sources.js';

/**
 * @param {string} root
 * @param {string} [top] The folder whose folders are looked at.
 * @returns {string[]} One line for each circle.
 */
export function circlesOfFolders(root, top = 'tools') {
  if (!existsSync(join(root, top))) return [];
  const arrows = arrowsBetweenFolders(root, top);
  const circles = [...arrows.keys()]
    .map((folder) => circleFrom(folder, arrows))
    .filter((circle) => circle.length > 0);
  // The search finds each circle once from each of its folders.
  const seen = new Map(circles.map((circle) => [[...circle].sort().join(), circle]));
  return [...seen.values()].map((circle) => `${[...circle, circle[0]].join(' -> ')}: a circle`);
}

/**
 * @param {string} root
 * @param {string} top
 * @returns {Map<string, Set<string>>}
 */
function arrowsBetweenFolders(root, top) {
  /** @type {Map<string, Set<string>>} */
  const arrows = new Map();
  for (const file of sourcesUnder(root, top)) {
    const from = folderOf(file, top);
    const reached = arrows.get(from) ?? new Set();
    arrows.set(from, reached);
    for (const { specifier } of importsOf(readFileSync(join(root, file), 'utf8'))) {
      if (!specifier.startsWith('.')) continue;
      const path = join(dirname(file), specifier);
      if (path.startsWith(`${top}/`) && folderOf(path, top) !== from)
        reached.add(folderOf(path, top));
    }
  }
  return arrows;
}

/**
 * @param {string} path
 * @param {string} top
 */
function folderOf(path, top) {
  return path
    .split('/')
    .slice(0, top.split('/').length + 1)
    .join('/');
}

/**
 * @param {string} start
 * @param {Map<string, Set<string>>} arrows
 * @returns {string[]} The folders of the shortest circle through `start`; empty when there is none.
 */
function circleFrom(start, arrows) {
  const ways = [[start]];
  const seen = new Set();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of arrows.get(/** @type {string} */ (way.at(-1))) ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}
