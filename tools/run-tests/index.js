/**
 * Runs the tests:
 *
 *     node tools/run-tests                      all of them
 *     node tools/run-tests --native             the native ones alone
 *     node tools/run-tests packages/cli -t row  those of the packages that vitest finds with this
 *
 * vitest runs the tests of all packages. nx would run it package by package, through a pipe that it
 * forces colours into.
 */
import { runCommand } from '../commands/command.js';
import { runVisibly } from '../commands/run-visibly.js';
import { requireSetUp } from '../setup/required.js';
import { runNativeTests } from './native-tests.js';
import { clearResults, RESULTS } from './results.js';

/** vitest colours a log as well, unless told otherwise. */
const isPlain = !process.stdout.isTTY && !process.env.FORCE_COLOR;
const PACKAGE_TESTS = [
  ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--reporter=default'],
  ...['--reporter=json', `--outputFile.json=${RESULTS}/packages.json`],
  ...(isPlain ? ['--no-color'] : []),
];

/** All packages on a busy machine; a test that hangs is ended by vitest long before. */
const LIMIT_MS = 45 * 60_000;

await runCommand('test', async () => {
  requireSetUp(['built']);
  clearResults();
  const args = process.argv.slice(2);
  const nativeOnly = args[0] === '--native';
  const native = nativeOnly || args.length === 0;
  const nativePassed = !native || (await runNativeTests());
  const packagesPassed =
    nativeOnly || (await runVisibly([...PACKAGE_TESTS, ...args], { limitMs: LIMIT_MS }));
  return nativePassed && packagesPassed;
});
