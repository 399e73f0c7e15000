/** Items over Node's IPC channel, without an arena: every byte is serialized and copied through a socket. */
import { unpackItem } from '@arena/payloads';
import type { IpcItem } from '../protocol/ipc-item.js';
import type { Arrival, Inbox, RetainWhile } from './inbox.js';

export class IpcInbox implements Inbox {
  #epoch: number | undefined;
  readonly #items: (() => unknown)[] = [];
  #received = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #acknowledge: (epoch: number) => void;
  readonly #retainWhile: RetainWhile;

  /** @param acknowledge Tells the producer that an item of the pass was taken. */
  constructor(acknowledge: (epoch: number) => void, retainWhile: RetainWhile) {
    this.#acknowledge = acknowledge;
    this.#retainWhile = retainWhile;
  }

  receive({ epoch, item, packed }: IpcItem): void {
    if (epoch !== this.#epoch) return;
    this.#received++;
    this.#items.push(packed ? () => unpackItem(packed) : () => disposable(item));
    this.#wake?.();
  }

  /** The channel is closed: no more items come. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  poll(epoch: number): Arrival | undefined {
    if (epoch !== this.#epoch) {
      this.#begin(epoch);
    }
    const make = this.#items.shift();
    if (make === undefined) return undefined;
    this.#acknowledge(epoch);
    return { type: 'item', item: make() };
  }

  hasReceived(epoch: number, sent: number): boolean {
    return this.#ended || epoch !== this.#epoch || this.#received >= sent;
  }

  async wait(): Promise<void> {
    if (this.#items.length > 0) return;
    const news = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await this.#retainWhile(news);
  }

  interrupt(): void {
    this.#wake?.();
  }

  drain(): void {
    this.#begin(undefined);
  }

  stop(): void {
    this.drain();
  }

  close(): void {
    this.drain();
  }

  #begin(epoch: number | undefined): void {
    this.#items.length = 0;
    this.#received = 0;
    this.#epoch = epoch;
  }
}

/** Lets `for await (using item of ...)` work with and without an arena. */
function disposable(item: unknown): unknown {
  if (typeof item === 'object' && item !== null && !(Symbol.dispose in item)) {
    Object.defineProperty(item, Symbol.dispose, { value: () => {}, configurable: true });
  }
  return item;
}
