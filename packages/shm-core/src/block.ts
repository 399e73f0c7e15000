import { constants } from './native.js';

/**
 * Longest stay in native code. A terminated thread ends between two stays. A process that exits waits
 * for its threads, and so for this.
 */
const stayMs = constants.limits.recheckMs;

/**
 * Calls `attempt` until it gives a result, and blocks this thread in between.
 *
 * @param timeoutMs Longest wait in milliseconds; below 0 waits for ever.
 * @param attempt Returns `undefined` while there is no result.
 * @param wait Blocks until an attempt may succeed, at most `milliseconds`. `continued` is true when it
 *   has waited before for this result.
 * @param timedOut Makes the error for a wait that took longer.
 * @param onStay Called at least every 100 ms of the wait, with the time when the wait began.
 * @param onEnd Called after the last `wait`.
 */
export function block<T>(
  timeoutMs: number,
  attempt: () => T | undefined,
  wait: (milliseconds: number, continued: boolean) => void,
  timedOut: () => Error,
  onStay: (since: number) => void,
  onEnd: () => void,
): T {
  const since = performance.now();
  const deadline = since + timeoutMs;
  let continued = false;
  try {
    for (; ; continued = true) {
      const result = attempt();
      if (result !== undefined) return result;
      const left = timeoutMs < 0 ? stayMs : deadline - performance.now();
      if (left <= 0) throw timedOut();
      if (continued) onStay(since);
      wait(Math.min(left, stayMs), continued);
    }
  } finally {
    if (continued) onEnd();
  }
}
