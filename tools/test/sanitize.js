/**
 * Builds the native tests with clang's sanitizers and runs them: `node tools/test/sanitize.js`
 *
 * CMake runs alone here, without cmake-js: the addon is not built, only the core and its tests.
 */
import { spawnSync } from 'node:child_process';
import { buildableNativePackages } from '../setup/steps/native.js';
import { runDoctest, runnersIn } from './native-tests.js';
import { runVisibly } from './run-visibly.js';

const SANITIZERS = ['address,undefined', 'thread'];
/** What the sanitizers are told. */
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
  console.log(`\n> ${packageFolder} under ${sanitizers}`);
  const flags = `-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1`;
  const configured = await runVisibly([
    ...['cmake', '-S', packageFolder, '-B', build, '-DCMAKE_BUILD_TYPE=None'],
    '-DCMAKE_CXX_COMPILER=clang++-16',
    `-DCMAKE_CXX_FLAGS=${flags}`,
  ]);
  if (!configured || !(await runVisibly(['cmake', '--build', build, '--parallel', '2'])))
    return false;
  const runners = runnersIn(build);
  if (runners.length === 0) console.error(`${build} holds no doctest runner.`);
  let passed = runners.length > 0;
  for (const runner of runners) {
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

let passed = true;
for (const packageFolder of buildableNativePackages()) {
  for (const sanitizers of SANITIZERS) {
    passed = (await testUnder(packageFolder, sanitizers)) && passed;
  }
}
if (!passed) process.exitCode = 1;
