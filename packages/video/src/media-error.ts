/** Errors of the addon as errors of arena. */
import { ArenaError, type ArenaErrorCode, arenaErrorCodes, invalidRange } from '@arena/shm-core';

/** The same failure as the package reports it; what is none of the addon's stays as it is. */
export function toArenaError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ArenaError) return error;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return error;
  if (code === 'ERR_ARENA_INVALID_ARGUMENT') return invalidRange(error.message);
  return Object.hasOwn(arenaErrorCodes, code)
    ? new ArenaError(code as ArenaErrorCode, error.message)
    : error;
}

/** Runs a native call; its errors become arena's. */
export function translated<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toArenaError(error);
  }
}

/** Awaits a native call; its errors become arena's, or the signal's reason once that is aborted. */
export async function settled<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw toArenaError(error);
  }
}
