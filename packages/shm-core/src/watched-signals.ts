/**
 * The abort signals of waiting calls, with one listener each. The signal used last keeps its listener
 * while no call waits, so a loop that passes the same signal to every call adds the listener once.
 */
export class WatchedSignals {
  readonly #uses = new Map<AbortSignal, number>();
  readonly #listener = (event: Event) => {
    const signal = event.target as AbortSignal;
    this.onAbort(signal);
    this.#forget(signal);
  };

  constructor(private readonly onAbort: (signal: AbortSignal) => void) {}

  /**
   * Throws the reason of a signal that has aborted.
   *
   * A signal with a listener has not aborted. Asking each signal would cost a checked getter per call.
   */
  check(signal: AbortSignal | undefined): void {
    if (signal !== undefined && !this.#uses.has(signal)) signal.throwIfAborted();
  }

  watch(signal: AbortSignal): void {
    const uses = this.#uses.get(signal);
    if (uses === undefined) {
      this.#forgetUnused();
      signal.addEventListener('abort', this.#listener);
    }
    this.#uses.set(signal, (uses ?? 0) + 1);
  }

  unwatch(signal: AbortSignal): void {
    const uses = this.#uses.get(signal);
    if (uses === undefined) return;
    this.#uses.set(signal, Math.max(0, uses - 1));
    if (this.#uses.size > 1) this.#forgetUnused();
  }

  close(): void {
    for (const signal of this.#uses.keys()) this.#forget(signal);
  }

  #forgetUnused(): void {
    for (const [signal, uses] of this.#uses) if (uses === 0) this.#forget(signal);
  }

  #forget(signal: AbortSignal): void {
    signal.removeEventListener('abort', this.#listener);
    this.#uses.delete(signal);
  }
}
