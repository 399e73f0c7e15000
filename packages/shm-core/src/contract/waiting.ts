/** The options of waiting calls. */

export interface WaitOptions {
  /** Longest wait in milliseconds; 0 never waits, absent waits for ever. */
  readonly timeoutMs?: number | undefined;
}

export interface AsyncWaitOptions extends WaitOptions {
  /** Ends the wait with the signal's reason. No unit is lost. */
  readonly signal?: AbortSignal | undefined;
}

export interface SpinOptions {
  /**
   * Microseconds for which a waiting call looks before it sleeps; 0 by default. This saves the wake-up
   * (some 45 us between idle cores), and keeps a core busy: see the README of @arena/shm-core. Async calls
   * look once in each turn of the event loop.
   */
  readonly spinMicroseconds?: number | undefined;
}
