/** How long calls wait, and how. */

export interface WaitOptions {
  /** Longest wait in milliseconds; 0 never waits, absent waits for ever. */
  readonly timeoutMs?: number | undefined;
}

export interface AsyncWaitOptions extends WaitOptions {
  /** Ends the wait with the signal's reason; nothing is lost. */
  readonly signal?: AbortSignal | undefined;
}

export interface SpinOptions {
  /**
   * How long a call that waits keeps looking before it parks, in microseconds; 0 by default. Saves
   * the wake-up (some 45 us across idle cores) at the price of a busy core; see the README of
   * @arena/shm-core. Async calls look once a turn of the event loop.
   */
  readonly spinMicroseconds?: number | undefined;
}
