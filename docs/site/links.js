/** Checks the links of the site that lead to files of the site. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** What a page may load or link to: `href="..."`, `src="..."`. */
const LINK = /(?:href|src)="([^"]*)"/g;
/** Files that a page loads by itself must be files of the site, so that it works without a network. */
const LOADED_FROM_ELSEWHERE =
  /<(?:script|img|iframe|link)\b[^>]*(?:href|src)="(?:https?:)?\/\/[^"]*"|url\(["']?(?:https?:)?\/\//g;
/** A script of the page makes these places. */
const ICON = '#icon-';
const ID = /\bid="([^"]*)"/g;

/**
 * @param {string} folder Of the site.
 * @returns {string[]} One line for each link to a missing file or place, and for each file that a page
 *   would load from another site.
 */
export function brokenLinks(folder) {
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(folder, name));
  /** @type {Map<string, Set<string>>} */
  const idsOf = new Map();
  const ids = (/** @type {string} */ page) => {
    const known = idsOf.get(page) ?? all(readFileSync(page, 'utf8'), ID);
    idsOf.set(page, known);
    return known;
  };
  return pages.flatMap((page) => {
    const html = readFileSync(page, 'utf8');
    const place = relative(folder, page);
    return [
      ...[...html.matchAll(LOADED_FROM_ELSEWHERE)].map(([tag]) => `${place} loads ${tag}`),
      ...[...all(html, LINK)]
        .filter((link) => !leadsTo(page, link, ids))
        .map((link) => `${place} links to ${link}, which does not exist`),
    ];
  });
}

/** @param {string} text @param {RegExp} pattern */
function all(text, pattern) {
  return new Set([...text.matchAll(pattern)].map(([, found = '']) => found));
}

/**
 * @param {string} page
 * @param {string} link
 * @param {(page: string) => Set<string>} ids
 */
function leadsTo(page, link, ids) {
  if (/^[a-z]+:/.test(link) || link.startsWith(ICON)) return true;
  const [path = '', fragment = ''] = link.split('#');
  const target = path === '' ? page : resolve(dirname(page), decodeURIComponent(path));
  if (!existsSync(target)) return false;
  return (
    fragment === '' || !target.endsWith('.html') || ids(target).has(decodeURIComponent(fragment))
  );
}
