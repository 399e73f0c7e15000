/** Fails if a package imports what it may not: `node tools/check-imports` */
import { root } from '../setup/fingerprint.js';
import { wrongImports } from './check.js';

const wrong = wrongImports(root);
for (const line of wrong) console.error(line);
if (wrong.length > 0) {
  console.error(`${wrong.length} imports against the arrows of tools/check-imports/arrows.js`);
  process.exitCode = 1;
}
