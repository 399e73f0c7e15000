/**
 * A plugin of nx. Tasks do not learn which commits `nx affected` compares, so this passes them on in the
 * environment. When the tasks have ended, this prints the table of all packages.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { readPackages } from '../checkout/packages.js';
import { root } from '../checkout/root.js';
import { readMeasurements } from './measurement.js';
import { takeResults } from './reporting/kept.js';
import { markdownOf } from './reporting/markdown.js';
import { hasFailed, suspects, together } from './reporting/result.js';
import { textOf } from './reporting/text.js';

export const name = 'perf';

/**
 * @param {unknown} _options
 * @param {{ id: string, argv: string[] }} context
 */
export async function preTasksExecution(_options, { id, argv }) {
  process.env.ARENA_PERF_RUN = id;
  const [base, head] = [flagIn('base', argv), flagIn('head', argv)];
  if (base !== undefined) process.env.ARENA_PERF_BASE = base;
  if (head !== undefined) process.env.ARENA_PERF_HEAD = head;
}

/**
 * @param {unknown} _options
 * @param {{ id: string, argv: string[] }} context
 */
export async function postTasksExecution(_options, { id, argv }) {
  const { results, reasons } = takeResults(id);
  const all = together(results);
  if (all === undefined) {
    for (const reason of new Set(reasons)) console.log(`\nperformance: ${reason}\n`);
    return;
  }
  const suspected = suspects(all, await readMeasurements(root), readPackages(root));
  const markdown = process.env.ARENA_PERF_MARKDOWN;
  if (markdown) writeFileSync(markdown, markdownOf(all, suspected));
  // A build server shows this file on the page of the run.
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) appendFileSync(summary, markdownOf(all, suspected));
  // nx shows the output of a single task, and of one that failed, but not that of one that succeeded.
  if (results.length === 1 && (hasFailed(all) || !argv.includes('affected'))) return;
  const heading = results.length > 1 ? '\nAll packages together' : '';
  console.log(`${heading}\n${textOf(all, suspected)}\n`);
}

/**
 * @param {string} flag
 * @param {string[]} argv
 */
function flagIn(flag, argv) {
  const joined = argv.find((word) => word.startsWith(`--${flag}=`));
  if (joined !== undefined) return joined.slice(flag.length + 3);
  const at = argv.indexOf(`--${flag}`);
  return at < 0 ? undefined : argv[at + 1];
}
