/**
 * Fails if a package imports a package that it may not import, if folders of tools import each other
 * in a circle, or if the map in ARCHITECTURE.md shows other arrows than these rules:
 *
 *     node tools/check-imports
 */
import { root } from '../checkout/root.js';
import { wrongImports } from './check.js';
import { circlesOfFolders } from './circles.js';
import { wrongMap } from './map.js';

const wrong = wrongImports(root);
const others = [...circlesOfFolders(root), ...wrongMap(root)];
for (const line of [...wrong, ...others]) console.error(line);
if (wrong.length > 0) {
  console.error(`${wrong.length} imports against the arrows of tools/check-imports/arrows.js`);
}
if (wrong.length + others.length > 0) process.exitCode = 1;
