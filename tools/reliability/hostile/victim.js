/**
 * A process that uses arenas which another process rewrites. It tells its parent the handle of each arena,
 * its present call (on descriptor 4), and at the end the outcomes of its calls.
 */
import { readFileSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { ArenaError } from '@arena/shm-core';
import { Random } from '../random.js';
import { createArena } from '../storm/shapes.js';
import { User } from './user.js';

/** @typedef {import('../storm/shapes.js').Shape} Shape */

/** @type {{ seed: number, shape: Shape['name'], milliseconds: number }} */
const { seed, shape: shapeName, milliseconds } = JSON.parse(process.argv[2] ?? '');
const random = new Random(seed);
/** Number of calls for each outcome: `done`, or the error's code. @type {Map<string, number>} */
const outcomes = new Map();
let arenas = 0;
/** The longest call so far. */
let longestMs = 0;
let longestCall = '';
let privateMiB = 0;

const until = performance.now() + milliseconds;
// On a busy machine the mutator may not have run yet.
while (performance.now() < until || !outcomes.has('ERR_ARENA_CORRUPT')) await useOne();
say('its end');
process.send?.({
  outcomes: Object.fromEntries(outcomes),
  arenas,
  privateMiB,
  longestMs,
  longestCall,
});
process.disconnect();

/** Uses one arena until a call finds it corrupt, or for a while. */
async function useOne() {
  const name = random.chance(0.3) ? `hostile-${process.pid}-${arenas}` : undefined;
  const { arena, shape } = createArena(shapeName, random, name);
  arenas++;
  arena.on('peer-lost', () => {});
  /** @type {User | undefined} */
  let user;
  // A late change that was meant for the arena before may hit this arena.
  let outcome = await outcomeOf(() => {
    user = new User(arena, shape, random);
  });
  process.send?.(arena.handle);
  const end = performance.now() + 300;
  while (user && outcome !== 'ERR_ARENA_CORRUPT' && performance.now() < end) {
    outcome = await outcomeOf(random.pick(user.ways));
    await turn();
  }
  await outcomeOf(() => user?.leave());
  await outcomeOf(() => arena.close());
  privateMiB = Math.max(privateMiB, ownMiB());
}

/**
 * Writes at once, because a call that hangs leaves no time for it later.
 *
 * @param {string} what
 */
function say(what) {
  writeSync(4, `${what.replaceAll(/\s+/g, ' ')}\n`);
}

/** @param {() => unknown} way */
async function outcomeOf(way) {
  let outcome = 'done';
  say(String(way));
  try {
    const began = performance.now();
    const pending = way();
    const took = performance.now() - began;
    if (took > longestMs) [longestMs, longestCall] = [took, String(way)];
    await pending;
  } catch (error) {
    // An unexpected outcome ends this process, and fails the test.
    if (!(error instanceof ArenaError)) throw error;
    outcome = error.code;
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return outcome;
}

function ownMiB() {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
