/** Fails if a place lacks a package, or a package lacks what every package has: `node tools/check-packages` */
import { root } from '../checkout/root.js';
import { lackingPlaces } from './places.js';

const lacking = lackingPlaces(root);
for (const line of lacking) console.error(line);
if (lacking.length > 0) process.exitCode = 1;
