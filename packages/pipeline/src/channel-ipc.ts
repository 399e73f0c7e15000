/** Items over Node's IPC channel: no arena, every byte serialized and copied through a socket. */
import { type PackedItem, packItem, unpackItem } from '@arena/payloads';
import type { Arrival, Inbox, Outbox, RetainWhile } from './channel.js';
import type { FromWorker } from './messages.js';

export class IpcInbox implements Inbox {
  #epoch: number | undefined;
  readonly #items: (() => unknown)[] = [];
  #wake: (() => void) | undefined;
  readonly #acknowledge: (epoch: number) => void;
  readonly #retainWhile: RetainWhile;

  /** @param acknowledge Tells the worker that an item of the pass was taken. */
  constructor(acknowledge: (epoch: number) => void, retainWhile: RetainWhile) {
    this.#acknowledge = acknowledge;
    this.#retainWhile = retainWhile;
  }

  /** Takes in an item message. */
  receive(epoch: number, item: unknown): void {
    this.#receive(epoch, () => disposable(item));
  }

  receivePacked(epoch: number, item: PackedItem): void {
    this.#receive(epoch, () => unpackItem(item));
  }

  poll(epoch: number): Arrival | undefined {
    if (epoch !== this.#epoch) {
      this.#items.length = 0;
      this.#epoch = epoch;
    }
    const make = this.#items.shift();
    if (make === undefined) return undefined;
    this.#acknowledge(epoch);
    return { type: 'item', item: make() };
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
    this.#items.length = 0;
    this.#epoch = undefined;
  }

  close(): void {
    this.drain();
  }

  #receive(epoch: number, make: () => unknown): void {
    if (epoch !== this.#epoch) return;
    this.#items.push(make);
    this.#wake?.();
  }
}

/** Lets `for await (using item of ...)` work with and without an arena. */
function disposable(item: unknown): unknown {
  if (typeof item === 'object' && item !== null && !(Symbol.dispose in item)) {
    Object.defineProperty(item, Symbol.dispose, { value: () => {}, configurable: true });
  }
  return item;
}

export class IpcOutbox implements Outbox {
  readonly #send: (message: FromWorker) => Promise<void>;
  readonly #bufferSize: number;
  #epoch: number | undefined;
  #unacknowledged = 0;
  #wake: (() => void) | undefined;

  /**
   * @param send Resolves once the message has left this process.
   * @param bufferSize Most items sent and not yet taken.
   */
  constructor(send: (message: FromWorker) => Promise<void>, bufferSize: number) {
    this.#send = send;
    this.#bufferSize = bufferSize;
  }

  async send(item: unknown, epoch: number, signal: AbortSignal): Promise<void> {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#unacknowledged = 0;
    }
    while (this.#unacknowledged >= this.#bufferSize) await this.#acknowledgement(signal);
    this.#unacknowledged++;
    const packed = packItem(item);
    await this.#send(
      packed === undefined
        ? { type: 'item', epoch, item }
        : { type: 'packed-item', epoch, item: packed },
    );
  }

  end(epoch: number): void {
    // Fails only where the parent is gone.
    this.#send({ type: 'end', epoch }).catch(() => {});
  }

  taken(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#unacknowledged--;
    this.#wake?.();
  }

  close(): void {}

  async #acknowledgement(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
    });
  }
}
