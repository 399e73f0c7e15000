/**
 * A queue of limited length between the stage that makes values and the stage that takes them.
 *
 * A slot is reserved before the work on a value begins, and freed when the value is taken. So values in work
 * and waiting values together never exceed the slots.
 */
export class HandOver<T> {
  readonly #entries: (T | Promise<T>)[] = [];
  #free: number;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #wakeMaker: (() => void) | undefined;
  #wakeTaker: (() => void) | undefined;

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Waits for a free slot and takes it. False when no more values are wanted. One caller at a time. */
  async reserve(): Promise<boolean> {
    while (this.#free === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wakeMaker = resolve;
      });
    }
    if (this.#over) return false;
    this.#free--;
    return true;
  }

  /** Queues a value, or the promise of one, into a reserved slot. */
  push(entry: T | Promise<T>): void {
    this.#entries.push(entry);
    this.#wakeTaker?.();
  }

  /** Call this when no more values are pushed. Pushed values can still be taken. */
  end(): void {
    this.#over = true;
    this.#wakeTaker?.();
    this.#wakeMaker?.();
  }

  /** Like `end`. Once all pushed values are taken, `take` rejects with `error`. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#failure = { error };
    this.end();
  }

  /**
   * Call this when no more values are wanted. It drops all pushed values, and ends the waits of both sides.
   */
  cancel(): void {
    this.#entries.length = 0;
    this.#failure = undefined;
    this.end();
  }

  /** The next value in the order of `push`. One caller at a time. */
  async take(): Promise<IteratorResult<T, undefined>> {
    while (this.#entries.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve;
      });
    }
    if (this.#entries.length === 0) return this.#ending();
    const value = await (this.#entries.shift() as T | Promise<T>);
    this.#free++;
    this.#wakeMaker?.();
    return { done: false, value };
  }

  #ending(): IteratorReturnResult<undefined> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    return { done: true, value: undefined };
  }
}
