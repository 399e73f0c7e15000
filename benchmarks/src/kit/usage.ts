import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** Nanoseconds on a CPU so far, by thread id. */
export type ThreadTimes = ReadonlyMap<string, number>;

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the thread, or the process, has just ended
  }
};

const text = Buffer.allocUnsafeSlow(128);

/**
 * The number at the beginning of a file; NaN when the file is gone.
 *
 * This is intentional: `readFile` would take 64 KiB for a file of unknown size. The garbage collector
 * would have to free them during the passes that are timed.
 */
function readNumber(path: string): number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return Number.NaN;
  }
  try {
    return Number.parseInt(text.toString('latin1', 0, readSync(file, text)), 10);
  } catch {
    return Number.NaN; // it ended after it was opened
  } finally {
    closeSync(file);
  }
}

/**
 * CPU time of another process, thread by thread.
 *
 * This is intentional: `/proc/<pid>/stat` counts ticks of 10 ms, and a whole pass over the pool costs
 * less than one tick. The scheduler's own counter in `task/<tid>/schedstat` counts nanoseconds. The
 * kernel updates that counter when a thread stops running, so read it while the process is idle.
 */
export function threadTimes(pid: number): ThreadTimes {
  const times = new Map<string, number>();
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    const onCpu = readNumber(`/proc/${pid}/task/${tid}/schedstat`);
    if (Number.isFinite(onCpu)) times.set(tid, onCpu);
  }
  return times;
}

/** CPU seconds between two readings; a thread that ended in between does not count. */
export function cpuSecondsBetween(before: ThreadTimes, after: ThreadTimes): number {
  let nanoseconds = 0;
  for (const [tid, time] of after) nanoseconds += time - (before.get(tid) ?? 0);
  return nanoseconds / 1e9;
}

/** CPU seconds of this process so far, all its threads, up to this moment. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** `Pss` in bytes from the text of a `smaps_rollup`; 0 of a process that has ended. */
export function pssBytes(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
}

/** Memory of the processes together, in bytes: a page that they share counts once. */
export const sharedOnceBytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + pssBytes(readIfThere(`/proc/${pid}/smaps_rollup`)), 0);
