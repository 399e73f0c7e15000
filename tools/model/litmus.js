/**
 * Runs the sources of the core on a simulated memory, which is as weak as the C++ memory model allows: see
 * packages/shm-core/native/litmus. The models of Spin know no such memory.
 */
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { buildWithCMake } from '../native-build/cmake.js';
import { runDoctest } from '../run-tests/native-tests.js';

const SOURCE = 'packages/shm-core';
const BUILD = `${SOURCE}/build/litmus`;

/** @returns {Promise<import('../run-tests/results.js').Count>} */
export async function runLitmusTests() {
  await buildWithCMake({
    title: 'the litmus tests',
    source: SOURCE,
    build: BUILD,
    options: ['-DARENA_LITMUS=ON'],
    targets: ['arena-litmus'],
  });
  const { succeeded, count } = await runDoctest([
    join(root, BUILD, 'arena-litmus'),
    '--duration=true',
  ]);
  return succeeded ? count : { ...count, failed: Math.max(count.failed, 1) };
}
