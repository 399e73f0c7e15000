/** The native code of every package that has some. */
import { buildAddon, isBuilt } from '../../native-build/addon.js';
import { buildableNativePackages } from '../../native-build/native-packages.js';

/** @returns {Promise<boolean>} Whether anything was built. */
export async function buildNativeCode() {
  let didSomething = false;
  for (const packageFolder of buildableNativePackages()) {
    didSomething = (await buildAddon(packageFolder)) || didSomething;
  }
  return didSomething;
}

/** @returns {string[]} What is missing; empty when all is built. */
export function missingNativeCode() {
  return buildableNativePackages()
    .filter((packageFolder) => !isBuilt(packageFolder))
    .map((packageFolder) => `the native code of ${packageFolder} is not built as it is now`);
}
