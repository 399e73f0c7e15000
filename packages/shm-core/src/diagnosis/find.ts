/** Finds the arenas of this machine. */
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { ArenaError } from '../errors.js';

/** An arena that can be inspected through a file. */
export interface FoundArena {
  /** For people: `descriptor 21 of process 1234`. */
  readonly where: string;
  readonly path: string;
  /** How the file was found. */
  readonly reachedBy: 'handle' | 'name' | 'process';
  /** From the handle of an anonymous arena. It tells whether the descriptor means another arena by now. */
  readonly nonce?: string;
}

/** The target of an arena's descriptor. The file of a named arena may have lost its name. */
const arenaFile = /^(\/memfd:arena \(deleted\)|\/dev\/shm\/arena-.*)$/;

/**
 * @param target A handle, the id of a process, or a name; absent for every arena of every process that
 *   this user may look into.
 * @throws {ArenaError} `ERR_ARENA_STALE_HANDLE` without such an arena; `ERR_ARENA_HANDLE`; `ERR_ARENA_SYSTEM`
 *   for a process of another user.
 */
export function findArenas(target: string | undefined): FoundArena[] {
  if (target === undefined) return arenasOfAll();
  if (/^\d+$/.test(target)) return arenasOfProcess(Number(target));
  if (target.startsWith('arena:')) return [behindHandle(target)];
  return [behindName(target)];
}

function behindHandle(handle: string): FoundArena {
  const [, , kind, ...parts] = handle.split(':');
  if (kind === 'name' && parts.length === 1) return behindName(parts[0] as string);
  const [pid, fd, , nonce] = parts;
  if (kind !== 'fd' || parts.length !== 4 || !/^\d+$/.test(`${pid}${fd}`)) {
    throw new ArenaError(
      'ERR_ARENA_HANDLE',
      `malformed arena handle: '${handle.slice(0, 80)}'. Pass the \`handle\` of an open arena unchanged.`,
    );
  }
  const path = `/proc/${pid}/fd/${fd}`;
  const stale = `stale arena handle: process ${pid} is gone or has closed the arena.`;
  checkThere(path, stale);
  if (fileOf(path) === undefined) throw new ArenaError('ERR_ARENA_STALE_HANDLE', stale);
  const where = `descriptor ${fd} of process ${pid}`;
  return { where, path, reachedBy: 'handle', nonce: nonce as string };
}

function behindName(name: string): FoundArena {
  const path = `/dev/shm/arena-${name}`;
  if (name.includes('/')) throw noneNamed(name);
  checkThere(path, noneNamed(name).message);
  return { where: `named '${name}'`, path, reachedBy: 'name' };
}

const noneNamed = (name: string) =>
  new ArenaError(
    'ERR_ARENA_STALE_HANDLE',
    `no arena is named '${name}'. \`arena ls\` lists the named arenas. For an arena without a name, give the id of a process that has it open.`,
  );

function checkThere(path: string, otherwise: string): void {
  try {
    statSync(path);
  } catch (error) {
    throw unreadable(error, otherwise);
  }
}

/** The arenas that a process has open, each once. */
function arenasOfProcess(pid: number): FoundArena[] {
  const folder = `/proc/${pid}/fd`;
  let descriptors: string[];
  try {
    descriptors = readdirSync(folder);
  } catch (error) {
    throw unreadable(
      error,
      `there is no process ${pid}. Give the id of a process that has an arena open.`,
    );
  }
  const found = new Map<string, FoundArena>();
  for (const fd of descriptors) {
    const path = `${folder}/${fd}`;
    const file = fileOf(path);
    if (file === undefined || found.has(file)) continue;
    found.set(file, { where: `descriptor ${fd} of process ${pid}`, path, reachedBy: 'process' });
  }
  return [...found.values()];
}

/** The identity of the file behind a descriptor; undefined when it is no arena. */
function fileOf(path: string): string | undefined {
  try {
    if (!arenaFile.test(readlinkSync(path))) return undefined;
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function arenasOfAll(): FoundArena[] {
  const found = new Map<string, FoundArena>();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const arena of arenasOf(Number(pid))) {
      const file = fileOf(arena.path);
      if (file !== undefined && !found.has(file)) found.set(file, arena);
    }
  }
  return [...found.values()];
}

/** Empty when this user may not look, or when the process has ended meanwhile. */
function arenasOf(pid: number): FoundArena[] {
  try {
    return arenasOfProcess(pid);
  } catch {
    return [];
  }
}

function unreadable(error: unknown, otherwise: string): ArenaError {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return new ArenaError(
      'ERR_ARENA_SYSTEM',
      `cannot look into ${path}: permission denied. Run this as the user of that process.`,
    );
  }
  return new ArenaError('ERR_ARENA_STALE_HANDLE', otherwise);
}
