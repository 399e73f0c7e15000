/**
 * Runs the native tests under clang's sanitizers: `npm run test:sanitize`
 *
 * First under AddressSanitizer with UndefinedBehaviorSanitizer, then under ThreadSanitizer.
 */
import { spawnSync } from 'node:child_process';
import { runCommand, say } from '../commands/command.js';
import { buildWithCMake, sanitizedBy } from '../native-build/cmake.js';
import { buildableNativePackages } from '../native-build/native-packages.js';
import { runDoctest, runnersIn } from '../run-tests/native-tests.js';
import { requireSetUp } from '../setup/required.js';

const SANITIZERS = ['address,undefined', 'thread'];
/** Options of the sanitizers. */
const ENVIRONMENT = {
  ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1',
};

/**
 * @param {string} packageFolder
 * @param {string} sanitizers As in `-fsanitize=`.
 */
async function testUnder(packageFolder, sanitizers) {
  const build = `${packageFolder}/build/sanitize-${sanitizers.replace(',', '-')}`;
  const title = `${packageFolder} for ${sanitizers}`;
  await buildWithCMake({ title, source: packageFolder, build, options: sanitizedBy(sanitizers) });
  const runners = runnersIn(build);
  if (runners.length === 0) say(`${build} holds no doctest runner.`);
  let passed = runners.length > 0;
  for (const runner of runners) {
    console.log(`\n> ${runner}`);
    const { succeeded } = await runDoctest([...fixedAddresses(), runner], ENVIRONMENT);
    passed = succeeded && passed;
  }
  return passed;
}

/**
 * ThreadSanitizer of clang 16 cannot map its shadow memory where the kernel spreads addresses over
 * 32 bits; a container may forbid to switch that off, and then usually need not.
 */
function fixedAddresses() {
  const prefix = ['setarch', '-R'];
  return spawnSync('setarch', ['-R', 'true'], { stdio: 'ignore' }).status === 0 ? prefix : [];
}

await runCommand('sanitize', async () => {
  requireSetUp(['built', 'sanitize']);
  let passed = true;
  for (const packageFolder of buildableNativePackages()) {
    for (const sanitizers of SANITIZERS) {
      passed = (await testUnder(packageFolder, sanitizers)) && passed;
    }
  }
  return passed;
});
