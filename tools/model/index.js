/**
 * Has Spin try every interleaving of the core's protocols, and then the litmus tests what a weak memory makes
 * of them: `npm run test:model`
 *
 * The intact model must hold in every state. With one fault at a time it must fail; otherwise the check
 * would prove nothing.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { runCommand } from '../commands/command.js';
import { madeEnvironment } from '../environment/made-environment.js';
import { recordResult } from '../run-tests/results.js';
import { requireSetUp } from '../setup/required.js';
import { runLitmusTests } from './litmus.js';
import { MODELS } from './models.js';
import { judge } from './verdict.js';

const folder = join(root, 'packages/shm-core/model');
/** A verifier takes up to 700 MB. */
const MOST_JOBS = 2;
const COMPILE = ['-O1', '-DSAFETY', '-DCOLLAPSE', '-DMEMLIM=3000', '-o', 'pan', 'pan.c'];
/** Larger than the depth of every model. A model that exceeds it is reported as undecided. */
const SEARCH = ['-m1000000', '-w22'];

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ failed: boolean, output: string }>}
 */
function run(cwd, command, args) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: madeEnvironment(), maxBuffer: 1 << 26 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') reject(error);
      else resolve({ failed: error !== null, output: stdout + stderr });
    });
  });
}

/** @param {import('./models.js').ModelRun} modelRun */
async function check({ model, definitions }) {
  const work = mkdtempSync(join(tmpdir(), 'arena-model-'));
  try {
    const defines = definitions.map((definition) => `-D${definition}`);
    const made = await run(work, 'spin', ['-a', ...defines, join(folder, `${model}.pml`)]);
    const built = made.failed ? made : await run(work, 'gcc', COMPILE);
    return judge((built.failed ? built : await run(work, './pan', SEARCH)).output);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** @param {import('./models.js').ModelRun} modelRun */
async function isAsExpected(modelRun) {
  const { model, definitions, holds } = modelRun;
  const began = performance.now();
  const { verdict, states, why } = await check(modelRun);
  const right = verdict === (holds ? 'holds' : 'fails');
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const what = `${model} ${definitions.join(' ')}`.padEnd(58);
  console.log(`${right ? 'ok   ' : 'WRONG'} ${what} ${verdict}, ${states} states, ${seconds} s`);
  if (!right) console.error(`      expected that it ${holds ? 'holds' : 'fails'}: ${why}`);
  return right;
}

const waiting = [...MODELS];
const verdicts = { passed: 0, failed: 0 };

async function checkNext() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (await isAsExpected(next)) verdicts.passed++;
    else verdicts.failed++;
  }
}

await runCommand('test:model', async () => {
  requireSetUp(['model']);
  const began = performance.now();
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_JOBS) }, checkNext));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const { passed, failed } = verdicts;
  console.log(`test:model: ${passed} verdicts as they must be, ${failed} not, ${seconds} s`);
  recordResult('model', verdicts);
  const litmus = await runLitmusTests();
  recordResult('litmus', litmus);
  return failed === 0 && passed > 0 && litmus.failed === 0;
});
