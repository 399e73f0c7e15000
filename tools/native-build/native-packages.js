/** The packages that have native code. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readPackages } from '../checkout/packages.js';
import { root } from '../checkout/root.js';
import { say } from '../commands/command.js';

/** The libraries that a package's native code needs, by their names in pkg-config. */
const LIBRARIES = new Map([
  ['packages/video', ['libavformat', 'libavcodec', 'libavutil', 'libswscale']],
]);

/** @returns {string[]} Folders of packages whose libraries are installed, relative to the top. */
export function buildableNativePackages() {
  return readPackages(root)
    .map(({ folder }) => folder)
    .filter((folder) => existsSync(join(root, folder, 'CMakeLists.txt')))
    .filter(hasLibraries);
}

/** @param {string} packageFolder */
function hasLibraries(packageFolder) {
  const libraries = LIBRARIES.get(packageFolder) ?? [];
  if (libraries.length === 0) return true;
  const found = spawnSync('pkg-config', ['--exists', ...libraries], { stdio: 'ignore' });
  if (found.status === 0) return true;
  say(
    `skipping the native code of ${packageFolder}: not all of ${libraries.join(', ')} are installed.`,
  );
  return false;
}
