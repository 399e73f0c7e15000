/**
 * Tests arena on the runtimes that people use:
 *
 *     npm run test:runtimes                      the smoke programs on each, and every test on each Node
 *     npm run test:runtimes -- --smoke           the smoke programs alone
 *     npm run test:runtimes -- --node 22 packages/cli   those tests on one Node
 */
import { parseArgs } from 'node:util';
import { PlainError, runCommand } from '../commands/command.js';
import { runVisibly } from '../commands/run-visibly.js';
import { madeEnvironment } from '../environment/made-environment.js';
import { recordResult } from '../run-tests/results.js';
import { requireSetUp } from '../setup/required.js';
import { nodeProgram, RUNTIMES } from './runtimes.js';
import { runSmokePrograms } from './smoke-programs.js';
import { NODE_VERSIONS } from './versions.js';

/** All packages on a busy machine. */
const LIMIT_MS = 45 * 60_000;

async function smoke() {
  let passed = true;
  for (const runtime of RUNTIMES) {
    const count = await runSmokePrograms(runtime);
    recordResult(`runtimes/${runtime.name.replaceAll(/\W+/g, '-')}`, count);
    passed = count.failed === 0 && count.passed > 0 && passed;
  }
  // Loaded here: a checkout without set-up has no bundler.
  const { testBundlers } = await import('./bundlers.js');
  const bundles = await testBundlers();
  recordResult('runtimes/bundlers', bundles);
  return bundles.failed === 0 && passed;
}

/**
 * @param {string} version
 * @param {string[]} args Of vitest.
 */
async function testOn(version, args) {
  const node = await nodeProgram(version);
  console.log(`\n> Node ${version}`);
  const { PATH = '', ...env } = madeEnvironment();
  const path = `${node.slice(0, node.lastIndexOf('/'))}:${PATH}`;
  const command = [node, 'node_modules/vitest/vitest.mjs', 'run', '--no-color', ...args];
  return runVisibly(command, { env: { ...env, PATH: path }, limitMs: LIMIT_MS });
}

/** @param {string | undefined} major */
function versionsCalled(major) {
  if (major === undefined) return Object.values(NODE_VERSIONS);
  const version = NODE_VERSIONS[/** @type {keyof typeof NODE_VERSIONS} */ (Number(major))];
  if (version !== undefined) return [version];
  throw new PlainError(
    `arena is not tested on Node ${major}, but on ${Object.keys(NODE_VERSIONS).join(', ')}.`,
  );
}

await runCommand('test:runtimes', async () => {
  requireSetUp(['built']);
  const { values, positionals } = parseArgs({
    options: { smoke: { type: 'boolean' }, node: { type: 'string' } },
    allowPositionals: true,
  });
  let passed = values.node !== undefined || (await smoke());
  if (values.smoke) return passed;
  for (const version of versionsCalled(values.node)) {
    passed = (await testOn(version, positionals)) && passed;
  }
  return passed;
});
