/** The list of units of a call, and the number of them that were written. */
import { checkBytes, describe } from './arguments.js';
import { ArenaError, invalidType, isMisuse } from './errors.js';

export function checkUnits(units: readonly Uint8Array[]): void {
  if (!Array.isArray(units)) throw invalidType(`units must be an array, got ${describe(units)}.`);
  for (const unit of units) checkBytes('every unit', unit);
}

/** Adds to an error of `writeMany` how many units were written before. The reason of a signal is the caller's own. */
export function withWritten(error: unknown, written: number): unknown {
  if (error instanceof ArenaError) Object.assign(error.details, { written });
  else if (isMisuse(error)) Object.assign(error, { details: { written } });
  return error;
}
