/** Vendors Boost into packages/shm-core, if that has not been done: `node tools/vendor-boost` */
import { runCommand } from '../commands/command.js';
import { vendorBoost } from './vendor-boost.js';

await runCommand('setup', async () => {
  await vendorBoost();
});
