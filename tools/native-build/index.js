/**
 * Builds the native code of the packages named, if it changed:
 *
 *     node tools/native-build packages/shm-core
 */
import { runCommand } from '../commands/command.js';
import { buildAddon } from './addon.js';

await runCommand('build', async () => {
  for (const packageFolder of process.argv.slice(2)) await buildAddon(packageFolder);
});
