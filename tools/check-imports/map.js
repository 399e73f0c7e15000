/** Compares the map in ARCHITECTURE.md with the arrows, and its paths with the checkout. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARROWS, ONLY_LAZILY } from './arrows.js';

const MAP = 'ARCHITECTURE.md';
/** `cli ──► benchmarks, video (lazily)` */
const ROW = /^(\w+) ─*► (.+)$/;
/** The right side of a layer that imports no other layer. */
const NOTHING = 'no layer';
/** `| packages/cli | ...`, the path in backticks. */
const PATH = /^\| `([^`]+)`/;
/** The list of files below this line has one line for each subject: `- layout, peer_state: ...` */
const CORE_FILES = 'Files of `native/core`:';
const CORE = 'packages/shm-core/native/core';

/**
 * @param {string} root Top of the checkout.
 * @returns {string[]} One line per difference between the map and the arrows, or the checkout.
 */
export function wrongMap(root) {
  const lines = readFileSync(join(root, MAP), 'utf8').split('\n');
  return [...wrongArrows(lines), ...missingPaths(root, lines)];
}

/** @param {string[]} lines */
function wrongArrows(lines) {
  const drawn = drawnArrows(lines);
  const allowed = allowedArrows();
  return [
    ...allowed.filter((arrow) => !drawn.includes(arrow)).map((arrow) => `${MAP}: lacks ${arrow}`),
    ...drawn
      .filter((arrow) => !allowed.includes(arrow))
      .map((arrow) => `${MAP}: draws ${arrow}, which tools/check-imports/arrows.js does not have`),
    ...upwardArrows(drawn),
  ];
}

/** @returns {string[]} `cli -> video (lazily)` */
function allowedArrows() {
  return Object.entries(ARROWS).flatMap(([from, layers]) => {
    const lazily = ONLY_LAZILY[from] ?? [];
    const ends = layers.map((to) => (lazily.includes(to) ? `${to} (lazily)` : to));
    return (ends.length === 0 ? [NOTHING] : ends).map((to) => `${from} -> ${to}`);
  });
}

/** @param {string[]} lines */
function drawnArrows(lines) {
  return lines.flatMap((line) => {
    const [, from, ends = ''] = ROW.exec(line) ?? [];
    return from === undefined ? [] : ends.split(', ').map((to) => `${from} -> ${to}`);
  });
}

/**
 * A layer stands above the layers that it imports, so no imports go in a circle.
 *
 * @param {string[]} drawn
 */
function upwardArrows(drawn) {
  const rows = [...new Set(drawn.map((arrow) => arrow.split(' ')[0] ?? ''))];
  return drawn
    .filter((arrow) => {
      const [from = '', , to = ''] = arrow.split(' ');
      return rows.includes(to) && rows.indexOf(to) <= rows.indexOf(from);
    })
    .map((arrow) => `${MAP}: ${arrow} points upwards`);
}

/**
 * @param {string} root
 * @param {string[]} lines
 */
function missingPaths(root, lines) {
  const paths = lines.flatMap((line) => PATH.exec(line)?.[1] ?? []);
  return [...paths, ...coreFiles(lines)]
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${MAP}: names ${path}, which is not there`);
}

/**
 * @param {string[]} lines
 * @returns {string[]} The headers of the files that the list names.
 */
function coreFiles(lines) {
  if (!lines.includes(CORE_FILES)) return [];
  const rest = lines.slice(lines.indexOf(CORE_FILES) + 2);
  const list = rest.slice(0, rest.indexOf(''));
  return list.flatMap((line) => {
    const [subjects = ''] = line.split(':');
    return [...subjects.matchAll(/`([^`]+)`/g)].map(([, name]) => `${CORE}/${name}.hpp`);
  });
}
