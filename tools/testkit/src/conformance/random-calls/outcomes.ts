/** The outcomes that a call may have besides success. */
import { ArenaError } from '@arena/shm-core';

/** Expected of an arena in which there is no room, or nothing to read. */
const patience = new Set([
  'ERR_ARENA_FULL',
  'ERR_ARENA_NO_READERS',
  'ERR_ARENA_TIMEOUT',
  'ERR_ARENA_UNIT_TOO_LARGE',
]);

export const isCode = (error: unknown, code: string): error is ArenaError =>
  error instanceof ArenaError && error.code === code;

/** Rethrows an error that no caller has to expect. */
export function expectPatience(error: unknown): void {
  if (!(error instanceof ArenaError) || !patience.has(error.code)) throw error;
}

/** Throws where `call` does not fail with `code`. */
export async function expectFailure(call: () => unknown, code: string): Promise<void> {
  try {
    await call();
  } catch (error) {
    if ((error as { code?: unknown }).code === code) return;
    throw error;
  }
  throw new Error(`a call succeeded that must fail with ${code}`);
}
