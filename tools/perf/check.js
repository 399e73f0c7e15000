/**
 * The step `performance` of `npm run check`: compares this checkout with the commit that it started from,
 * within a few minutes.
 *
 *     node tools/perf/check.js
 */
import { root } from '../checkout/root.js';
import { runCommand, say } from '../commands/command.js';
import { runVisibly } from '../commands/run-visibly.js';
import { rangeOf } from './trees/range.js';

/** No measurement begins later than this, and all of them together take no longer than SECONDS. */
const DEADLINE_MS = 4 * 60_000;
const SECONDS = 180;
/** A machine that needs longer is too busy for an answer, and the change is not to blame. */
const LIMIT_MS = 6 * 60_000;

await runCommand('performance', async () => {
  const range = rangeOf(process.env.NX_BASE || undefined, undefined);
  if (typeof range === 'string') {
    say(`nothing is compared: ${range}`);
    return true;
  }
  const nx = [process.execPath, `${root}/node_modules/nx/dist/bin/nx.js`];
  const began = performance.now();
  const passed = await runVisibly(
    [...nx, 'affected', '--target=perf', `--base=${range.base}`, '--outputStyle=static'],
    { env: { ...process.env, ...bounds() }, limitMs: LIMIT_MS },
  );
  if (passed || performance.now() - began < LIMIT_MS) return passed;
  say('this machine is too busy to compare in time. That is no failure.');
  return true;
});

function bounds() {
  return {
    ARENA_PERF_SECONDS: String(SECONDS),
    ARENA_PERF_DEADLINE: String(Date.now() + DEADLINE_MS),
  };
}
