import { Inbox } from './inbox.js';
import {
  type Inspect,
  type Message,
  type ReadingEnd,
  type Receipt,
  roomFor,
  type WritingEnd,
} from './link.js';

/** Either end of the channel between a process and the one that it forked. */
export interface Channel {
  send?(message: unknown, callback?: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** One message in this many reports that it was sent, because each report costs a callback. */
const confirmEvery = 16;

/** Node's own channel with `serialization: 'advanced'`. */
export class IpcWritingEnd implements WritingEnd {
  constructor(private readonly channel: Channel) {}

  sendOne(bytes: Uint8Array): undefined {
    this.channel.send?.(bytes);
  }

  /**
   * This is intentional: sends are not awaited one by one, and still the channel gets no more messages at
   * once than other links have room for. The channel itself takes all messages, and keeps them in memory
   * until it can send them.
   */
  async send(payloads: readonly Uint8Array[], count: number): Promise<void> {
    const room = roomFor(payloads[0]?.byteLength ?? 1);
    const step = Math.min(confirmEvery, Math.ceil(room / 2));
    let gone = 0;
    let wake: (() => void) | undefined;
    for (let index = 0; index < count; index++) {
      const bytes = payloads[index % payloads.length] as Uint8Array;
      if (index % step !== step - 1 && index !== count - 1) {
        this.channel.send?.(bytes);
        continue;
      }
      this.channel.send?.(bytes, () => {
        gone = index + 1;
        wake?.();
      });
      const enough = index === count - 1 ? count : index + 1 - room;
      while (gone < enough) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  close(): void {}
}

export class IpcReadingEnd implements ReadingEnd {
  readonly #inbox = new Inbox();

  constructor(private readonly channel: Channel) {
    channel.on('message', this.#onMessage);
  }

  next(): Promise<Message> {
    return this.#inbox.next();
  }

  receive(count: number, inspect?: Inspect): Promise<Receipt> {
    return this.#inbox.receive(count, inspect);
  }

  close(): void {
    this.channel.off('message', this.#onMessage);
  }

  // Calls and answers of the processes share the channel. Binaries are what is measured.
  readonly #onMessage = (message: unknown) => {
    if (message instanceof Uint8Array) this.#inbox.push(message);
  };
}
