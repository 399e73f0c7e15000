import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

/** Numbers from a list such as `0-2,5`. */
export const parseCpuList = (list: string): number[] =>
  list
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });

/** The CPUs that this process may run on. */
export const allowedCpus = (): number[] =>
  parseCpuList(/^Cpus_allowed_list:\s*(.*)$/m.exec(textOf('/proc/self/status'))?.[1] ?? '');

const siblingsOf = (cpu: number): number[] =>
  parseCpuList(textOf(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`));

/** Two CPUs on different cores; `undefined` where this process may not run on two. */
export function twoCores(
  cpus = allowedCpus(),
  siblings = siblingsOf,
): [number, number] | undefined {
  const [first] = cpus;
  if (first === undefined) return undefined;
  const other = cpus.find((cpu) => cpu !== first && !siblings(first).includes(cpu));
  return other === undefined ? undefined : [first, other];
}

/** Why processes cannot be pinned here; `undefined` where they can. */
export function pinningMissing(): string | undefined {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no taskset to pin processes with (Debian package util-linux).';
  }
}

/**
 * Keeps all threads of a process on `cpus`, those that it starts later as well.
 *
 * @throws {Error} There is no `taskset`, or the process is gone.
 */
export function pin(pid: number, cpus: readonly number[]): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cpus.join(','), String(pid)], {
    stdio: 'ignore',
  });
}

/** Puts two processes on a CPU each. Does nothing when they are there already. */
export class Placer {
  #placed: readonly number[] = [];

  /** @param cpus Absent: wherever this process was allowed to run at first. */
  place(pids: readonly [number, number], cpus: readonly [number, number] | undefined): void {
    const wanted = cpus ?? [];
    if (wanted.join() === this.#placed.join()) return;
    for (const [index, pid] of pids.entries()) {
      pin(pid, cpus ? [cpus[index] as number] : this.#all);
    }
    this.#placed = wanted;
  }

  readonly #all = allowedCpus();
}
