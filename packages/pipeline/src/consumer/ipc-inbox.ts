/** Items over Node's IPC channel, without an arena: every byte is serialized and copied through a socket. */
import { unpackItem } from '@arena/payloads';
import type { IpcItem } from '../protocol/ipc-item.js';
import type { Order } from '../protocol/orders.js';
import type { Arrival, Inbox, RetainWhile } from './inbox.js';

export class IpcInbox implements Inbox {
  #epoch: number | undefined;
  readonly #items: (() => unknown)[] = [];
  #received = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  #taken = 0;
  readonly #order: (order: Order) => void;
  /**
   * Number of taken items that one order reports. It is small enough that the producer never waits without
   * need.
   */
  readonly #itemsPerOrder: number;
  readonly #retainWhile: RetainWhile;

  /**
   * @param bufferSize Number of items that the producer sends before it waits for the consumer to take some.
   */
  constructor(order: (order: Order) => void, bufferSize: number, retainWhile: RetainWhile) {
    this.#order = order;
    this.#itemsPerOrder = Math.ceil(bufferSize / 4);
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
    this.#countTaken(epoch);
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

  #countTaken(epoch: number): void {
    const count = ++this.#taken;
    if (count % this.#itemsPerOrder === 0) this.#order({ type: 'taken', epoch, count });
  }

  #begin(epoch: number | undefined): void {
    this.#items.length = 0;
    this.#received = 0;
    this.#taken = 0;
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
