/** Packages of npm that hold a program for one platform, fetched when a command first needs them. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { runShown } from '../commands/run-shown.js';

const CACHE = join(root, 'build/runtimes');

/**
 * `npm pack` fetches the package also when it is for another processor, and checks its checksum.
 *
 * @param {string} name
 * @param {string} version
 * @returns {Promise<string>} The folder of the package.
 * @throws {PlainError} npm could not fetch the package.
 */
export async function fetchedPackage(name, version) {
  const folder = join(CACHE, `${name.replaceAll(/[@/]/g, '-').replace(/^-/, '')}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'fetching-'));
  try {
    const title = `fetching ${name} ${version}`;
    const pack = ['npm', 'pack', `${name}@${version}`, '--pack-destination', work];
    await runShown(title, pack, { cwd: work });
    const [archive = ''] = readdirSync(work);
    await runShown(`unpacking ${name}`, ['tar', '-xzf', join(work, archive), '-C', work]);
    // Renamed last: a folder with this name is complete.
    renameSync(join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
