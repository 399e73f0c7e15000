/** How items leave the producer; one implementation with an arena, one without. */
export interface Outbox {
  /** A pass begins: what follows belongs to it. */
  begin(epoch: number): void;
  /**
   * Sends one item, and waits while the other side has enough to do.
   *
   * @throws The signal's reason on abort; whatever else makes the pass fail.
   */
  send(item: unknown, epoch: number, signal: AbortSignal): Promise<void>;
  /** Says that the pass has ended. Never waits. */
  end(epoch: number): void;
  /** Items of the pass that were sent. */
  readonly sent: number;
  /** One item of the pass was taken. */
  taken(epoch: number): void;
  close(): void;
}

/** Says that a pass has ended, after that many items. */
export type TellEnd = (epoch: number, sent: number) => void;
