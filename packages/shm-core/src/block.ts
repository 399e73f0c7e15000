/**
 * Longest stay in native code. Between two of them a thread that was terminated ends, and with it a
 * process that exits: Node waits for all of its threads.
 */
const stayMs = 100;

/**
 * Tries, and blocks this thread in between, until there is a result.
 *
 * @param timeoutMs Longest wait in milliseconds; below 0 waits for ever.
 * @param attempt Returns `undefined` while there is nothing.
 * @param wait Blocks until an attempt is worthwhile, at most `milliseconds`; `continued` where it has
 *   waited before for this result.
 * @param timedOut Makes the error for a wait that took longer.
 * @param onStay Called at least every 100 ms of waiting, with when it began.
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
