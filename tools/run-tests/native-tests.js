/** Runs the native tests of the packages: the doctest runners in their `build` folders. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../checkout/root.js';
import { runVisibly } from '../commands/run-visibly.js';
import { madeEnvironment } from '../environment/made-environment.js';
import { buildableNativePackages } from '../native-build/native-packages.js';
import { doctestCount, recordResult } from './results.js';

/** @returns {Promise<boolean>} Whether every native package had tests, and all of them passed. */
export async function runNativeTests() {
  let passed = true;
  for (const packageFolder of buildableNativePackages()) {
    passed = (await runTestsIn(packageFolder)) && passed;
  }
  return passed;
}

/** @param {string} packageFolder */
async function runTestsIn(packageFolder) {
  const runners = runnersIn(join(packageFolder, 'build'));
  if (runners.length === 0) {
    console.error(
      `${packageFolder} has native code, but no doctest runner in build. Run npm run build.`,
    );
    recordResult(`native/${basename(packageFolder)}`, { passed: 0, failed: 1 });
    return false;
  }
  let passed = true;
  for (const runner of runners) {
    passed =
      (await runTests(runner, `native/${basename(packageFolder)}-${basename(runner)}`)) && passed;
  }
  return passed;
}

/**
 * @param {string} buildFolder Relative to the top.
 * @returns {string[]} The doctest runners in it.
 */
export function runnersIn(buildFolder) {
  const folder = join(root, buildFolder);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /[_-]tests$/.test(name));
  return names.sort().map((name) => join(folder, name));
}

/**
 * @param {string} runner
 * @param {string} run Name under which the result is recorded.
 */
async function runTests(runner, run) {
  console.log(`\n> ${runner}`);
  const { succeeded, count } = await runDoctest([runner]);
  // A crashed runner has not counted the test that crashed.
  recordResult(run, succeeded ? count : { ...count, failed: Math.max(count.failed, 1) });
  return succeeded;
}

/**
 * @param {string[]} command A command that runs a doctest runner.
 * @param {NodeJS.ProcessEnv} [env] Variables in addition to the made environment.
 * @returns {Promise<{ succeeded: boolean, count: import('./results.js').Count }>} A run without tests
 *   has not succeeded.
 */
export async function runDoctest(command, env = {}) {
  let output = '';
  const onOutput = (/** @type {string} */ text) => {
    output += text;
  };
  const ended = await runVisibly(command, { env: { ...madeEnvironment(), ...env }, onOutput });
  const count = doctestCount(output) ?? { passed: 0, failed: 0 };
  if (ended && count.passed === 0)
    console.error(
      `${command.join(' ')} has run no test. Check that it is a doctest runner with tests.`,
    );
  return { succeeded: ended && count.passed > 0, count };
}
