import { type Inspect, type Message, type Receipt, ReceiptClock } from './link.js';

/** Keeps messages that arrive before they are received. */
export class Inbox {
  readonly #arrived: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #take: ((bytes: Uint8Array) => void) | undefined;

  push(bytes: Uint8Array): void {
    if (this.#take) {
      this.#take(bytes);
      return;
    }
    this.#arrived.push(bytes);
    this.#wake?.();
  }

  async next(): Promise<Message> {
    while (this.#arrived.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return { bytes: this.#arrived.shift() as Uint8Array, release() {} };
  }

  /** Receives `count` messages, with those that have arrived before. */
  receive(count: number, inspect?: Inspect): Promise<Receipt> {
    const clock = new ReceiptClock(count);
    return new Promise((resolve, reject) => {
      this.#take = (bytes) => {
        try {
          const done = clock.add(1);
          inspect?.(bytes, clock.received - 1);
          if (!done) return;
          this.#take = undefined;
          resolve(clock.stop());
        } catch (error) {
          reject(error);
        }
      };
      for (const bytes of this.#arrived.splice(0)) this.#take?.(bytes);
    });
  }
}
