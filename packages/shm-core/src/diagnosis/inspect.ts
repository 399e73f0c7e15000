import { setTimeout as sleep } from 'node:timers/promises';
import { ArenaError } from '../errors.js';
import { native } from '../native.js';
import { type FoundArena, findArenas } from './find.js';
import { type Finding, lastingFindings } from './findings.js';
import type { ArenaSnapshot } from './snapshot.js';

export interface Inspection {
  readonly where: string;
  /** At least one call will certainly not go on by itself. */
  readonly stuck: boolean;
  readonly findings: readonly Finding[];
  readonly snapshot: ArenaSnapshot;
}

/** One of several arenas that could not be inspected, for instance an arena of another version. */
export interface FailedInspection {
  readonly where: string;
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * Looks at arenas from outside, twice: a fact that both looks show lasts longer than a moment. Writes
 * nothing into the arenas, and takes no lock.
 *
 * @param target As in {@link findArenas}.
 * @param betweenMs Time between the two looks. A waiting call looks every 100 ms by itself.
 */
export async function inspectArenas(
  target: string | undefined,
  betweenMs: number,
): Promise<(Inspection | FailedInspection)[]> {
  const arenas = findArenas(target);
  const looks = arenas.map((arena) => ({ arena, earlier: tryLook(arena) }));
  const asked = looks.find(
    ({ arena, earlier }) => arena.reachedBy !== 'process' && isError(earlier),
  );
  if (asked) throw asked.earlier;
  if (looks.length > 0) await sleep(betweenMs);
  return looks.map(({ arena, earlier }) => {
    const { where } = arena;
    if (isError(earlier)) return { where, error: { code: earlier.code, message: earlier.message } };
    const again = tryLook(arena);
    // The arena has gone meanwhile, so no call waits there any more.
    const later = isError(again) ? earlier : again;
    const findings = lastingFindings(earlier, later);
    return {
      where,
      stuck: findings.some(({ kind }) => kind === 'stuck'),
      findings,
      snapshot: later,
    };
  });
}

const isError = (value: ArenaSnapshot | ArenaError): value is ArenaError =>
  value instanceof ArenaError;

function tryLook({ path, reachedBy, nonce }: FoundArena): ArenaSnapshot | ArenaError {
  try {
    const snapshot = native.inspect(path, reachedBy);
    if (nonce === undefined || snapshot.nonce === nonce) return snapshot;
    return new ArenaError(
      'ERR_ARENA_STALE_HANDLE',
      'stale arena handle: another arena is there now. Ask its owner for a new one.',
    );
  } catch (error) {
    if (error instanceof ArenaError) return error;
    throw error;
  }
}
