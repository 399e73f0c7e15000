/** Fails if a list lacks a package, or a package lacks a required part: `node tools/check-packages` */
import { root } from '../checkout/root.js';
import { lackingPlaces } from './places.js';

const lacking = lackingPlaces(root);
for (const line of lacking) console.error(line);
if (lacking.length > 0) process.exitCode = 1;
