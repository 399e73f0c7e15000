/** The native tests of the packages: doctest runners that the native build leaves in `build`. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../setup/fingerprint.js';
import { buildableNativePackages } from '../setup/steps/native.js';
import { doctestCount, recordResult } from './results.js';
import { runVisibly } from './run-visibly.js';

/** @returns {Promise<boolean>} Whether there were tests in every native package, and all passed. */
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
 * @param {string} run Under which the result is recorded.
 */
async function runTests(runner, run) {
  console.log(`\n> ${runner}`);
  let output = '';
  const succeeded = await runVisibly([runner], {
    onOutput: (text) => {
      output += text;
    },
  });
  const count = doctestCount(output) ?? { passed: 0, failed: 0 };
  // A runner that crashed counts its tests as it likes; it has failed one.
  recordResult(run, succeeded ? count : { ...count, failed: Math.max(count.failed, 1) });
  return succeeded && count.passed > 0;
}
