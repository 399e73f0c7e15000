/** How items leave the producer. One implementation sends through an arena, one through Node's IPC channel. */
export interface Outbox {
  /** A pass begins. The items that follow belong to it. */
  begin(epoch: number): void;
  /**
   * Sends one item. Waits for room first.
   *
   * @throws The signal's reason on abort; whatever else makes the pass fail.
   */
  send(item: unknown, epoch: number, signal: AbortSignal): Promise<void>;
  /** Says that the pass has ended. Never waits. */
  end(epoch: number): void;
  /** How many items of the pass were sent. */
  readonly sent: number;
  /** The consumer has taken `count` items of the pass so far. */
  taken(epoch: number, count: number): void;
  close(): void;
}

/** Says that a pass has ended, after `sent` items. */
export type TellEnd = (epoch: number, sent: number) => void;
