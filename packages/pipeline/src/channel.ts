/** How items get from the worker to its parent; one implementation with an arena, one without. */

/** The end that a pass polls. It never mixes passes: what belongs to another one is dropped. */
export interface Inbox {
  /**
   * The next item of the pass, its end, or undefined when neither is here now.
   *
   * @throws What makes the pass fail here: `ERR_ARENA_LAPPED`, `ERR_ARENA_CLOSED`, ...
   */
  poll(epoch: number): Arrival | undefined;
  /** Resolves when `poll` may find something, or when interrupted. The event loop stays alive. */
  wait(): Promise<void>;
  /** Ends the `wait` that is going on, if any. */
  interrupt(): void;
  /** Drops everything that is here now. */
  drain(): void;
  /** Drops everything and receives nothing any more. */
  close(): void;
}

/** Keeps the event loop alive while a promise is pending that only the worker can settle. */
export type RetainWhile = <T>(pending: Promise<T>) => Promise<T>;

export type Arrival = { readonly type: 'item'; readonly item: unknown } | { readonly type: 'end' };

/** The worker's end. */
export interface Outbox {
  /**
   * Sends one item, and waits while the other side has enough to do.
   *
   * @throws The signal's reason on abort; whatever else makes the pass fail.
   */
  send(item: unknown, epoch: number, signal: AbortSignal): Promise<void>;
  /** Says that the pass has ended. Never waits. */
  end(epoch: number): void;
  /** One item of the pass was taken. */
  taken(epoch: number): void;
  close(): void;
}
