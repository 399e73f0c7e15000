/**
 * Checks how the code is written, or with `--write` formats it in place:
 *
 *     node tools/lint [--write]
 */
import { root } from '../checkout/root.js';
import { runCommand } from '../commands/command.js';
import { runVisibly } from '../commands/run-visibly.js';
import { requireSetUp } from '../setup/required.js';
import { clangFormat } from './clang-format.js';

const BIOME = [process.execPath, 'node_modules/@biomejs/biome/bin/biome', 'check'];

const CHECKS = [
  [...BIOME, '--error-on-warnings', '.'],
  [process.execPath, 'tools/check-imports'],
  [process.execPath, 'tools/check-packages'],
  clangFormat(root, ['--dry-run', '--Werror']),
];

const WRITERS = [[...BIOME, '--write', '.'], clangFormat(root, ['-i'])];

await runCommand('lint', async () => {
  requireSetUp(['npm', 'format']);
  let passed = true;
  for (const command of process.argv.includes('--write') ? WRITERS : CHECKS) {
    passed = (await runVisibly(command)) && passed;
  }
  return passed;
});
