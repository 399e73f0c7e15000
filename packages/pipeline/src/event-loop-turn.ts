/**
 * Gives the event loop a turn now and then.
 *
 * A loop over items that are always ready awaits nothing but settled promises, and those never let
 * the event loop run: no message, timer or abort would get through while it lasts.
 */
export class EventLoopTurns {
  /** When the first value after the latest turn was asked for; undefined until then. */
  #since: number | undefined;

  /** True when the latest turn was long ago. */
  due(): boolean {
    const now = performance.now();
    this.#since ??= now;
    return now - this.#since > longestSpellMs;
  }

  async take(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.taken();
  }

  /** The event loop has had a turn by itself. */
  taken(): void {
    this.#since = undefined;
  }
}

/** A turn takes some microseconds, so this costs a thousandth at most. */
const longestSpellMs = 10;
