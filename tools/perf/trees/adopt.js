/** Both sides run the measurements as the head declares them. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../checkout/fingerprint.js';

/**
 * @param {string} from Top of the head.
 * @param {string} tree Top of the base.
 * @param {string[]} folders Of packages.
 */
export function adoptMeasurements(from, tree, folders) {
  for (const folder of folders) {
    const declared = join(from, folder, 'perf');
    if (!existsSync(declared) || !existsSync(join(tree, folder))) continue;
    const path = `${folder}/perf`;
    if (fingerprint([path], [], from) === fingerprint([path], [], tree)) continue;
    rmSync(join(tree, folder, 'perf'), { recursive: true, force: true });
    cpSync(declared, join(tree, folder, 'perf'), { recursive: true });
  }
}
