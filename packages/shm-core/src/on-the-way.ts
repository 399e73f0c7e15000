/**
 * Finds processes and threads that may still open a writer: they were started to take part in an arena,
 * and have opened no writer or reader yet.
 *
 * A reader asks when all writers have closed and the number of writers is not known. Without this, the
 * first of three workers would end the stream for all, when it is done before the others have started.
 */
import diagnostics from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';

/** A process that was started with the handle is expected for this long. */
const startedWithHandleMs = 60_000;
/** A process that was started without the handle, and can get it by a message, is expected for this long. */
const startedMs = 10_000;

/** Threads of this process, and when they were started. */
const threads = new Map<number, number>();

diagnostics.subscribe('worker_threads', (message) => {
  const { worker } = message as { worker: Worker };
  const { threadId } = worker;
  threads.set(threadId, performance.now());
  worker.once('exit', () => threads.delete(threadId));
});

/** Facts of a process that others can see. */
interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Time since its start. */
  readonly ageMs: number;
}

/** Clock ticks a second: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * @param sign A text in the command line or the environment of each process that was started with the
 *   handle.
 * @param creatorPid The process that created the arena.
 * @param arrivals [pid, thread id, ...] of the threads that have come.
 */
export function isAnybodyOnTheWay(sign: string, creatorPid: number, arrivals: number[]): boolean {
  const pids = new Set<number>();
  const threadsHere = new Set<number>();
  for (let i = 0; i < arrivals.length; i += 2) {
    const [pid, thread] = arrivals.slice(i, i + 2) as [number, number];
    pids.add(pid);
    if (pid === process.pid) threadsHere.add(thread);
  }
  return isThreadOnTheWay(threadsHere) || isProcessOnTheWay(sign, creatorPid, pids);
}

function isThreadOnTheWay(arrived: Set<number>): boolean {
  const now = performance.now();
  for (const [id, startedAt] of threads) if (now - startedAt > startedMs) threads.delete(id);
  return [...threads.keys()].some((id) => !arrived.has(id));
}

function isProcessOnTheWay(sign: string, creatorPid: number, arrived: Set<number>): boolean {
  const young = processes().filter(({ ageMs }) => ageMs < startedWithHandleMs);
  const settled = new Set([process.pid, creatorPid, ...arrived]);
  // A shell or a launcher has the handle in its command line as well. It counts as come when its child has.
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of young) {
      if (settled.has(pid) && !settled.has(parent)) grown = Boolean(settled.add(parent));
    }
  }
  return young.some(({ pid, parent, ageMs }) => {
    if (settled.has(pid)) return false;
    const environment = textOf(pid, 'environ');
    if (environment.includes(sign) || textOf(pid, 'cmdline').includes(sign)) return true;
    const ours = parent === creatorPid || parent === process.pid;
    // Only a process with a channel to its parent can be sent the handle.
    return ours && ageMs < startedMs && environment.includes('NODE_CHANNEL_FD=');
  });
}

/** The living processes. Empty on a system without /proc. */
function processes(): ProcessFacts[] {
  const uptimeMs = Number.parseFloat(textOf('uptime')) * 1000;
  return names('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    // The name of the program stands in parentheses, and may hold any character.
    const [, fields = ''] = /^.*\) (.*)$/s.exec(textOf(name, 'stat')) ?? [];
    const [state = 'X', parent, ...rest] = fields.split(' ');
    if ('ZXx'.includes(state)) return [];
    const startedMs = (Number(rest[17]) / ticksPerSecond) * 1000;
    return [{ pid: Number(name), parent: Number(parent), ageMs: uptimeMs - startedMs }];
  });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty when the process has ended meanwhile, or belongs to another user. */
function textOf(...path: (string | number)[]): string {
  try {
    return readFileSync(`/proc/${path.join('/')}`, 'latin1');
  } catch {
    return '';
  }
}
