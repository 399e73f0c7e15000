/**
 * Lets the event loop turn while calls end without waiting.
 *
 * Settled promises alone never let the event loop turn. So a loop over units that are there already
 * would block timers, sockets and signals as long as units come. Therefore each call that could end at
 * once checks whether the event loop has turned in the last 4 ms. If not, the call ends after a turn.
 * Native calls read the clock for that: see EventLoopTurns in native/binding.
 */
import { native } from './native.js';
import { at, numbers } from './results.js';

const isDue = native.turnIsDue;
const due = at.turnDue;

/** Whether a turn is due, as of the latest native call that moved a unit or tried to. */
export const turnWasDue = (): boolean => numbers[due] === 1;

/** Whether a turn is due, for code that has made no such call. */
export const turnIsDue = (): boolean => isDue();

/** Resolves once timers, sockets and signals have been served. */
export const turn = (): Promise<void> =>
  // The first callback may still run in the present turn, right after a socket's callback.
  new Promise((resolve) => setImmediate(() => inNextTurn(resolve)));

/** Calls back once other callbacks have run. Outside of Node only this tells the addon of a turn. */
export function inNextTurn(callback: () => void): void {
  setImmediate(() => {
    native.turned();
    callback();
  });
}

/** A promise of `value`, for a call that has just moved a unit. */
export const resolved = <T>(value: T): Promise<T> =>
  turnWasDue() ? turn().then(() => value) : Promise.resolve(value);

/** A promise of `value`, for a call that may have made no native call. */
export const resolvedAnyhow = <T>(value: T): Promise<T> =>
  turnIsDue() ? turn().then(() => value) : Promise.resolve(value);

/** A promise that fails. It lets the event loop turn, because a program may try again for ever. */
export async function rejected(error: unknown): Promise<never> {
  if (turnIsDue()) await turn();
  throw error;
}
