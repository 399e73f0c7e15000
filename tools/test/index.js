/**
 * Runs the tests:
 *
 *     node tools/test                      all of them
 *     node tools/test --native             the native ones alone
 *     node tools/test packages/cli -t row  those of the packages that vitest finds with this
 *
 * vitest runs the tests of all packages. nx would run it package by package, through a pipe that it
 * forces colours into.
 */
import { runNativeTests } from './native-tests.js';
import { clearResults, RESULTS } from './results.js';
import { runVisibly } from './run-visibly.js';

/** vitest colours a log as well, unless told otherwise. */
const isPlain = !process.stdout.isTTY && !process.env.FORCE_COLOR;
const PACKAGE_TESTS = [
  ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--reporter=default'],
  ...['--reporter=json', `--outputFile.json=${RESULTS}/packages.json`],
  ...(isPlain ? ['--no-color'] : []),
];

clearResults();
const [first, ...rest] = process.argv.slice(2);
const nativeOnly = first === '--native';
const chosen = nativeOnly || first === undefined ? [] : [first, ...rest];
const nativePassed = chosen.length > 0 || (await runNativeTests());
const packagesPassed = nativeOnly || (await runVisibly([...PACKAGE_TESTS, ...chosen]));
if (!nativePassed || !packagesPassed) process.exitCode = 1;
