/**
 * The sending end for items. One implementation sends through an arena, the other through Node's IPC channel.
 */
export interface Outbox {
  /** A pass begins. The items that follow belong to it. */
  begin(epoch: number): void;
  /**
   * Sends one item. Waits for room first.
   *
   * @throws The signal's reason on abort, or any other error that makes the pass fail.
   */
  send(item: unknown, epoch: number, signal: AbortSignal): Promise<void>;
  /** Reports that the pass has ended. Never waits. */
  end(epoch: number): void;
  /** Number of sent items of the pass. */
  readonly sent: number;
  /** The consumer has taken `count` items of the pass so far. */
  taken(epoch: number, count: number): void;
  close(): void;
}

/** Reports that a pass has ended after `sent` items. */
export type TellEnd = (epoch: number, sent: number) => void;
