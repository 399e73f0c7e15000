/** A call that waits. Every ring tries it again, until it has a result or throws. */
export interface Waiter<T> {
  readonly attempt: () => T | undefined;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  readonly since: number;
  readonly signal: AbortSignal | undefined;
  readonly timer: NodeJS.Timeout | undefined;
  /** The place of the call in a {@link WaiterQueue}. */
  queued: boolean;
  next: AnyWaiter | undefined;
  previous: AnyWaiter | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: calls with different results share one queue
export type AnyWaiter = Waiter<any>;

/**
 * Waiting calls, in the order in which they were made. Any of them may leave.
 *
 * This is intentional: a linked list. Taking the first element of an array of 100,000 moves all others.
 */
export class WaiterQueue {
  #first: AnyWaiter | undefined;
  #last: AnyWaiter | undefined;

  get first(): AnyWaiter | undefined {
    return this.#first;
  }

  push(waiter: AnyWaiter): void {
    waiter.queued = true;
    waiter.previous = this.#last;
    if (this.#last) this.#last.next = waiter;
    else this.#first = waiter;
    this.#last = waiter;
  }

  delete(waiter: AnyWaiter): void {
    const { previous, next } = waiter;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    waiter.queued = false;
    waiter.next = undefined;
    waiter.previous = undefined;
  }

  /** All calls that wait now. */
  all(): AnyWaiter[] {
    const all: AnyWaiter[] = [];
    for (let waiter = this.#first; waiter; waiter = waiter.next) all.push(waiter);
    return all;
  }
}
