/**
 * Gives the event loop a turn now and then.
 *
 * A loop over items that are always ready awaits nothing but settled promises, and those never let
 * the event loop run: no message, timer or abort would get through while it lasts.
 */
export class EventLoopTurns {
  /** Values since the latest turn. */
  #values = 0;
  /** When the first of them was counted for which the clock was read. */
  #since = 0;

  /** Counts one more value; true when the latest turn was long ago. */
  due(): boolean {
    // Where every value is waited for, the clock is never read.
    if (++this.#values < uncheckedValues) return false;
    const now = performance.now();
    if (this.#values === uncheckedValues) this.#since = now;
    return now - this.#since > longestSpellMs;
  }

  async take(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.taken();
  }

  /** The event loop has had a turn by itself. */
  taken(): void {
    this.#values = 0;
  }
}

const uncheckedValues = 4;

/** A turn takes some microseconds, so this costs a thousandth at most. */
const longestSpellMs = 10;
