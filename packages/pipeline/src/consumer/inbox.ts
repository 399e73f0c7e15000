/**
 * The receiving end for items. One implementation receives through an arena, the other through Node's IPC
 * channel.
 */

/** A pass takes its items from here. Items of other passes are dropped. */
export interface Inbox {
  /**
   * The next item of the pass, or its end; undefined when neither has arrived yet.
   *
   * @throws An error that makes the pass fail: `ERR_ARENA_LAPPED`, `ERR_ARENA_CLOSED`, ...
   */
  poll(epoch: number): Arrival | undefined;
  /** True once all of the `sent` items of the pass have arrived. */
  hasReceived(epoch: number, sent: number): boolean;
  /** Resolves when `poll` may find something, or at `interrupt`. Keeps the event loop alive. */
  wait(): Promise<void>;
  /** Ends a running `wait`. */
  interrupt(): void;
  /** Drops everything that has arrived. */
  drain(): void;
  /** Drops everything that has arrived, and receives nothing from now on. */
  stop(): void;
  /** Call this when the producer has ended: then another pipeline may receive through the arena. */
  close(): void;
}

/** Keeps the event loop alive while `pending` waits for the producer. */
export type RetainWhile = <T>(pending: Promise<T>) => Promise<T>;

export type Arrival = { readonly type: 'item'; readonly item: unknown } | { readonly type: 'end' };
