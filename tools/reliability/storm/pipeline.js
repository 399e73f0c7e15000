/** The pipeline rounds of a storm: they kill workers and consumers. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runInSubprocess } from '@arena/pipeline';
import { ArenaError } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';
import { verifyItem } from './items.js';

const source = new URL('./item-source.js', import.meta.url);
const consumer = fileURLToPath(new URL('./item-consumer.js', import.meta.url));
/** The largest item, of which an arena holds several. */
const maxBytes = 131_072;

/** An orphan has two seconds to close its sources. An orphan that lives much longer is stuck. */
const orphanMs = 15_000;

/** @typedef {'pool' | 'ring'} Kind */

/** @param {Kind} kind @param {import('../random.js').Random} random */
export function createItemArena(kind, random) {
  if (kind === 'ring') return RingBuffer.create({ capacity: 8 * maxBytes, whenFull: 'wait' });
  return SegmentPool.create({ segmentSize: maxBytes, segmentCount: random.between(2, 6) });
}

/**
 * @param {SegmentPool | RingBuffer} arena
 * @param {import('../random.js').Random} random
 * @returns {import('@arena/pipeline').SubprocessPipeline<import('./items.js').Item>}
 */
export function openPipeline(arena, random) {
  const args = { seed: random.seed(), maxBytes, sink: random.below(3) };
  return runInSubprocess(source, { args, arena, bufferSize: 3 });
}

/**
 * Kills the worker at a random moment of a pass. All items before that are whole and in order, the pass
 * ends with the loss, and the arena serves the next worker.
 *
 * @param {SegmentPool | RingBuffer} arena
 * @param {import('../random.js').Random} random
 * @returns {Promise<{ items: number, findings: string[] }>}
 */
export async function killWorker(arena, random) {
  const pipeline = openPipeline(arena, random);
  await pipeline.ready;
  const victim = /** @type {number} */ (pipeline.pid);
  const delay = sleep(random.below(60)).then(() => process.kill(victim, 'SIGKILL'));
  let items = 0;
  try {
    for await (const item of pipeline) {
      verifyItem(item, items++);
      item[Symbol.dispose]();
      if (random.chance(0.05)) await sleep(random.below(5));
    }
    return { items, findings: ['the pass ended as if nothing had happened'] };
  } catch (error) {
    const expected = error instanceof ArenaError && error.code === 'ERR_ARENA_PEER_LOST';
    return { items, findings: expected ? [] : [String(/** @type {Error} */ (error).stack)] };
  } finally {
    await delay;
    await pipeline.close();
  }
}

/**
 * Kills a consumer at a random moment; its worker ends by itself.
 *
 * @param {Kind} kind
 * @param {import('../random.js').Random} random
 * @returns {Promise<string[]>} The faults.
 */
export async function killConsumer(kind, random) {
  const child = fork(consumer, [JSON.stringify({ kind, seed: random.seed() })]);
  const ended = once(child, 'exit').then(([code]) => ({ code }));
  const first = await Promise.race([once(child, 'message'), ended]);
  if (!Array.isArray(first)) return [`a consumer ended by itself with ${first.code}`];
  const worker = Number(first[0]);
  const started = startTimeOf(worker);
  await sleep(random.below(60));
  child.kill('SIGKILL');
  await ended;
  const until = performance.now() + orphanMs;
  while (startTimeOf(worker) === started && performance.now() < until) await sleep(20);
  if (startTimeOf(worker) !== started) return [];
  process.kill(worker, 'SIGKILL');
  return [`worker ${worker} outlived its consumer by ${orphanMs} ms`];
}

/**
 * The state of a process that is not our child, so its pid may belong to another process at any time.
 *
 * @param {number} pid
 * @returns {string | undefined} Undefined when there is none.
 */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
