/**
 * Gives the event loop a turn now and then.
 *
 * A loop over items that are always ready awaits nothing but settled promises, and those never let
 * the event loop run: no message, timer or abort would get through while it lasts.
 */
export class EventLoopTurns {
  #latest = performance.now();

  /** True when the latest turn was long ago. */
  due(): boolean {
    return performance.now() - this.#latest > longestSpellMs;
  }

  async take(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.taken();
  }

  /** The event loop has had a turn by itself. */
  taken(): void {
    this.#latest = performance.now();
  }
}

/** A turn takes some microseconds, so this costs a thousandth at most. */
const longestSpellMs = 10;
