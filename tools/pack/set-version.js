/** Writes the version of package.json into the sources that carry it: `node tools/pack/set-version.js`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { manifestOf } from './published.js';

const FILE = join(root, 'packages/shm-core/src/version.ts');

const { version } = manifestOf('packages/shm-core');
const text = readFileSync(FILE, 'utf8');
writeFileSync(FILE, text.replace(/version = '.*'/, `version = '${version}'`));
