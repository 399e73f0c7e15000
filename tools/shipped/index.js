/**
 * Packs what ships, installs it as users do, and tries it: `node tools/shipped [--source] [test files]`.
 *
 * `--source` also builds the published sources, which takes some minutes.
 */
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { runCommand } from '../commands/command.js';
import { runVisibly } from '../commands/run-visibly.js';
import { RESULTS } from '../run-tests/results.js';
import { requireSetUp } from '../setup/required.js';

const LIMIT_MS = 30 * 60_000;

await runCommand('shipped', async () => {
  requireSetUp(['built']);
  const args = process.argv.slice(2);
  const chosen = args.filter((arg) => arg !== '--source');
  return runVisibly(
    [
      ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
      ...['--config', 'tools/shipped/vitest.config.ts', '--no-color'],
      ...[
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${join(root, RESULTS, 'shipped.json')}`,
      ],
      ...(args.includes('--source') ? [] : ['--exclude', '**/source.test.ts']),
      ...chosen,
    ],
    { limitMs: LIMIT_MS },
  );
});
