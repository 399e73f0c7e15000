/**
 * Makes the site of documents, and checks its links:
 *
 *     npm run docs [-- --look]
 *
 * `--look` also opens every guide in Chromium, in light and dark, on a narrow and a wide screen.
 */
import { runCommand } from '../commands/command.js';
import { runVisibly } from '../commands/run-visibly.js';
import { requireSetUp } from '../setup/required.js';

await runCommand('docs', async () => {
  requireSetUp(['npm']);
  return runVisibly([process.execPath, 'docs/site', ...process.argv.slice(2)]);
});
