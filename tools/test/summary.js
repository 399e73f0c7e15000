/**
 * Prints the sum of the recorded test runs as one line, `12 passed, 0 failed`, for a machine to read.
 * Ends with 1 if a test failed, or none ran.
 */
import { sumOfResults } from './results.js';

const { passed, failed } = sumOfResults();
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
