/** Resources that arenas and processes could leave behind, as the kernel reports them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resolves once `fact` holds. When it never holds, the runner's timeout ends the test. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await sleep(10);
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The targets of the open descriptors of a process, e.g. `/memfd:arena (deleted)`. */
export function descriptors(pid: number | 'self' = 'self'): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      // The descriptor was closed meanwhile, like the one that lists the folder.
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

/** Files of named arenas whose name begins with the prefix. */
export const namedFiles = (prefix: string): string[] =>
  readdirSync('/dev/shm').filter((file) => file.startsWith(`arena-${prefix}`));

/** Children of this process that have not ended. */
export function children(pid: number = process.pid): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number).filter(isAlive);
}

/** False when the process has ended, even when its parent has not collected it yet. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
