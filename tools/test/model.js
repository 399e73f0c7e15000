/**
 * Has Spin try every interleaving of the core's protocols: `npm run test:model`
 *
 * Each model is checked as the core is (it must hold, exhaustively) and with one thing wrong at a time
 * (it must fail, or the check would show nothing).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup/fingerprint.js';
import { MODELS } from './model/models.js';
import { judge } from './model/verdict.js';
import { recordResult } from './results.js';

const folder = join(root, 'packages/shm-core/model');

/**
 * @param {string} model
 * @param {string[]} definitions
 */
function check(model, definitions) {
  const work = mkdtempSync(join(tmpdir(), 'arena-model-'));
  try {
    const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
      spawnSync(command, args, { cwd: work, encoding: 'utf8', maxBuffer: 1 << 26 });
    const defines = definitions.map((definition) => `-D${definition}`);
    const made = run('spin', ['-a', ...defines, join(folder, `${model}.pml`)]);
    if (made.error) throw made.error;
    const built = run('gcc', ['-O2', '-DSAFETY', '-DMEMLIM=6144', '-o', 'pan', 'pan.c']);
    // Deep enough that none of them gets there; reaching it would be reported, and is no verdict.
    const { stdout, stderr } = run('./pan', ['-m1000000', '-w22']);
    return judge(
      made.status === 0 && built.status === 0 ? stdout + stderr : made.stdout + built.stderr,
    );
  } finally {
    rmSync(work, { recursive: true });
  }
}

let passed = 0;
let failed = 0;
for (const { model, definitions, holds } of MODELS) {
  const began = performance.now();
  const { verdict, states, why } = check(model, definitions);
  const right = verdict === (holds ? 'holds' : 'fails');
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const what = `${model} ${definitions.join(' ')}`.padEnd(58);
  console.log(`${right ? 'ok   ' : 'WRONG'} ${what} ${verdict}, ${states} states, ${seconds} s`);
  if (!right) console.error(`      expected that it ${holds ? 'holds' : 'fails'}: ${why}`);
  if (right) passed++;
  else failed++;
}
console.log(`test:model: ${passed} verdicts as they must be, ${failed} not`);
recordResult('model', { passed, failed });
if (failed > 0 || passed === 0) process.exitCode = 1;
