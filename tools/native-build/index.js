/**
 * Builds the native code of the packages named, if it changed:
 *
 *     node tools/native-build packages/shm-core
 */
import { reportErrors } from '../setup/progress.js';
import { buildNative } from './build-native.js';

await reportErrors(async () => {
  for (const packageFolder of process.argv.slice(2)) await buildNative(packageFolder);
});
