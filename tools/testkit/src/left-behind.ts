/** What arenas and processes could leave behind, as the kernel knows it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resolves once `fact` holds; where it never does the runner's timeout ends the test. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await sleep(10);
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the open descriptors of a process mean, e.g. `/memfd:arena (deleted)`. */
export function descriptors(pid: number | 'self' = 'self'): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      // Closed meanwhile: the one that lists the folder is.
      return [];
    }
  });
}

/** Descriptors of arenas: their memory, and the processes that they watch. */
export const arenaDescriptors = (pid: number | 'self' = 'self'): string[] =>
  descriptors(pid).filter((target) => /memfd:arena|\/dev\/shm\/arena-|\[pidfd\]/.test(target));

/** Mappings of arenas into a process. */
export const arenaMappings = (pid: number | 'self' = 'self'): string[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .filter((line) => /memfd:arena|\/dev\/shm\/arena-/.test(line));

/** Files of named arenas whose name begins so. */
export const namedFiles = (prefix: string): string[] =>
  readdirSync('/dev/shm').filter((file) => file.startsWith(`arena-${prefix}`));

/** Processes that this one started and that have not ended. */
export function children(pid: number = process.pid): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number).filter(isAlive);
}

/** False for a process that has ended, also where nobody has asked for its exit code yet. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
