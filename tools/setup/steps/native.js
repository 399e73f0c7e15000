/** The native code of every package that has some. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildNative } from '../../native-build/build-native.js';
import { root } from '../fingerprint.js';
import { say } from '../progress.js';

/** What a package's native code needs beside the compiler, as pkg-config calls it. */
const LIBRARIES = new Map([
  ['packages/video', ['libavformat', 'libavcodec', 'libavutil', 'libswscale']],
]);

/** @returns {Promise<boolean>} Whether anything was built. */
export async function buildNativeCode() {
  let didSomething = false;
  for (const packageFolder of buildableNativePackages()) {
    didSomething = (await buildNative(packageFolder)) || didSomething;
  }
  return didSomething;
}

/** @returns {string[]} The folders of native code whose libraries are here, relative to the top. */
export function buildableNativePackages() {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'CMakeLists.txt')))
    .filter(hasLibraries);
}

/** @param {string} packageFolder */
function hasLibraries(packageFolder) {
  const libraries = LIBRARIES.get(packageFolder) ?? [];
  if (libraries.length === 0) return true;
  const found = spawnSync('pkg-config', ['--exists', ...libraries], { stdio: 'ignore' });
  if (found.status === 0) return true;
  say(`skipping the native code of ${packageFolder}: not all of ${libraries.join(', ')} are here.`);
  return false;
}
