import { StaysHere } from './stays-here.js';
import { rejected, resolved, resolvedAnyhow } from './turn.js';

/** The source of a loop: the units of a reader, its items, or one pass of a pipeline. */
export interface Iterated<T> {
  /** The next value or the end, if it is here already; undefined when a call must wait for it. */
  take(): IteratorResult<T, undefined> | undefined;
  /** Waits for the next value or the end. */
  wait(): Promise<IteratorResult<T, undefined>>;
  /** Called when the loop is left early. */
  leave(): void;
}

/** Of every iterator over units, items and the results of a pipeline. */
export const iteratorStaysHere = new StaysHere(
  'an iterator',
  'Iterate here, and send copies of what the loop gets',
);

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The iterator behind every `for await` over units.
 *
 * This is intentional: no async generator and no async functions, which cost more promises for every unit.
 * A value that is here already takes no turn of the event loop, unless a turn is due.
 */
export class UnitIterator<T> implements AsyncIterator<T, undefined>, AsyncIterable<T> {
  static {
    iteratorStaysHere.keep(UnitIterator);
  }

  protected readonly staysHere = iteratorStaysHere.mark;
  readonly #iterated: Iterated<T>;
  readonly #resolved: typeof resolved;

  /** @param native False: `take` may find values without a native call, and so without a look at the clock. */
  constructor(iterated: Iterated<T>, native = true) {
    this.#iterated = iterated;
    this.#resolved = native ? resolved : resolvedAnyhow;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    try {
      const here = this.#iterated.take();
      if (here === undefined) return this.#iterated.wait();
      return here.done ? resolvedAnyhow(here) : this.#resolved(here);
    } catch (error) {
      return rejected(error);
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#iterated.leave();
    return done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
