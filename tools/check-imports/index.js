/**
 * Fails if a package imports what it may not, or if folders of tools import each other in a circle:
 *
 *     node tools/check-imports
 */
import { root } from '../checkout/root.js';
import { wrongImports } from './check.js';
import { circlesOfFolders } from './circles.js';

const wrong = wrongImports(root);
const circles = circlesOfFolders(root);
for (const line of [...wrong, ...circles]) console.error(line);
if (wrong.length > 0) {
  console.error(`${wrong.length} imports against the arrows of tools/check-imports/arrows.js`);
}
if (wrong.length + circles.length > 0) process.exitCode = 1;
