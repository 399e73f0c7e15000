/** The packages that are published. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolders } from '../checkout/packages.js';
import { root } from '../checkout/root.js';

/** @returns {string[]} Their folders. */
export const publishedFolders = () =>
  packageFolders(root).filter((folder) => manifestOf(folder).private !== true);

/**
 * @param {string} folder
 * @returns {Record<string, any>} Its package.json.
 */
export const manifestOf = (folder) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
