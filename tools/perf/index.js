/**
 * Finds out whether a change made something slower. `npx nx affected -t perf` runs this for each package
 * that the change can have made slower; `node tools/perf --base COMMIT` runs it for all of them at once.
 * README.md explains it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readPackages } from '../checkout/packages.js';
import { root } from '../checkout/root.js';
import { runCommand } from '../commands/command.js';
import { readMeasurements } from './measurement.js';
import { readOptions } from './options.js';
import { keepResult } from './reporting/kept.js';
import { markdownOf } from './reporting/markdown.js';
import { hasFailed, suspects } from './reporting/result.js';
import { textOf } from './reporting/text.js';
import { comparison } from './run.js';

await runCommand('perf', async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.record) {
    const { record } = await import('./history/record.js');
    return await record(options);
  }
  const result = await comparison(options);
  keepResult(result, options.folders);
  if (typeof result === 'string') {
    console.log(
      options.json ? JSON.stringify({ rows: [], reason: result }) : `performance: ${result}`,
    );
    return true;
  }
  const suspected = suspects(result, await readMeasurements(root), readPackages(root));
  console.log(
    options.json
      ? JSON.stringify({ ...result, suspects: suspected }, null, 2)
      : textOf(result, suspected),
  );
  if (options.markdown !== undefined) write(options.markdown, markdownOf(result, suspected));
  return !hasFailed(result);
});

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
