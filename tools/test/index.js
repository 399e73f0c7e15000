/**
 * Runs the tests: `node tools/test`, or with `--native` the native ones alone.
 *
 * Set-up has built everything before (`pretest`), so nx need not build again.
 */
import { runNativeTests } from './native-tests.js';
import { clearResults } from './results.js';
import { runVisibly } from './run-visibly.js';

const PACKAGE_TESTS = [
  ...['nx', 'run-many', '--target=test', '--excludeTaskDependencies', '--outputStyle=static'],
  // Tests of two packages at once would compete for the processors, and for each other's time.
  '--parallel=1',
];

clearResults();
const nativeOnly = process.argv.includes('--native');
const nativePassed = await runNativeTests();
const packagesPassed = nativeOnly || (await runVisibly(PACKAGE_TESTS));
if (!nativePassed || !packagesPassed) process.exitCode = 1;
