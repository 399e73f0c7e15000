/**
 * Gives the event loop its turns while calls end without waiting.
 *
 * Settled promises alone never let the event loop turn: a loop over units that are there already would
 * keep timers, sockets and signals from being served for as long as units come. So a call that is about to
 * end at once, well or badly, looks whether the loop has turned in the last 4 ms, and otherwise ends after
 * a turn. Native calls look at the clock for it: see EventLoopTurns in native/binding.
 */
import { native } from './native.js';

const [due, isDue] = [native.turnDue, native.turnIsDue];

/** Whether a turn is due, as of the latest native call that moved a unit or tried to. */
export const turnWasDue = (): boolean => due[0] === 1;

/** Whether a turn is due, for what has made no such call. */
export const turnIsDue = (): boolean => isDue();

/** Resolves once timers, sockets and signals have been served. */
export const turn = (): Promise<void> =>
  // The first callback may come in the very turn that goes on now, right after a socket's.
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** A promise of `value`, for a call that has just moved a unit. */
export const resolved = <T>(value: T): Promise<T> =>
  turnWasDue() ? turn().then(() => value) : Promise.resolve(value);

/** A promise of `value`, for a call that may have found it without native code. */
export const resolvedAnyhow = <T>(value: T): Promise<T> =>
  turnIsDue() ? turn().then(() => value) : Promise.resolve(value);

/** A promise that fails, for whatever reason: a program may try again for ever. */
export async function rejected(error: unknown): Promise<never> {
  if (turnIsDue()) await turn();
  throw error;
}
