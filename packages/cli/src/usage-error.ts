import { messageOf } from '@arena/shm-core/internal';
import { Errors } from '@oclif/core';

/** Exit status of wrong usage. */
export const usageExit = 2;
export const usageCode = 'ERR_ARENA_INVALID_ARGUMENT';

/** Wrong usage found after the flags were parsed. */
export const usageError = (message: string): Errors.CLIError =>
  new Errors.CLIError(message, { exit: usageExit, code: usageCode });

/** Returns the result of `check`. An error that `check` throws becomes wrong usage. */
export function orUsageError<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw usageError(messageOf(error));
  }
}
