/** How items get to the consumer; one implementation with an arena, one without. */

/** What a pass polls. It never mixes passes: what belongs to another one is dropped. */
export interface Inbox {
  /**
   * The next item of the pass, its end, or undefined when neither is here now.
   *
   * @throws What makes the pass fail here: `ERR_ARENA_LAPPED`, `ERR_ARENA_CLOSED`, ...
   */
  poll(epoch: number): Arrival | undefined;
  /** False while some of the pass's items, of which `sent` were sent, may still be on their way. */
  hasReceived(epoch: number, sent: number): boolean;
  /** Resolves when `poll` may find something, or when interrupted. The event loop stays alive. */
  wait(): Promise<void>;
  /** Ends the `wait` that is going on, if any. */
  interrupt(): void;
  /** Drops everything that is here now. */
  drain(): void;
  /** Drops everything and receives nothing any more. */
  stop(): void;
  /** Lets another pipeline receive through the arena: the producer is gone. */
  close(): void;
}

/** Keeps the event loop alive while a promise is pending that only the producer can settle. */
export type RetainWhile = <T>(pending: Promise<T>) => Promise<T>;

export type Arrival = { readonly type: 'item'; readonly item: unknown } | { readonly type: 'end' };
