/** Items over Node's IPC channel, without an arena: every byte is serialized and copied through a socket. */
import { type OffloadedItem, offloadItem } from '@arena/payloads';
import { ArenaError } from '@arena/shm-core';
import type { IpcItem } from '../protocol/ipc-item.js';
import type { Outbox, TellEnd } from './outbox.js';

/**
 * Node's channel stores the length of a message in 32 bits. Half of that range leaves room for the rest of
 * the message.
 */
const mostBytes = 2 ** 31;

/** `process.send` as it was before the module was loaded. */
export type SendToParent = (message: IpcItem, done: (error: Error | null) => void) => void;

export class IpcOutbox implements Outbox {
  readonly #sendToParent: SendToParent;
  readonly #token: string;
  readonly #bufferSize: number;
  readonly #tellEnd: TellEnd;
  #epoch: number | undefined;
  #sent = 0;
  #taken = 0;
  #wake: (() => void) | undefined;

  /** @param bufferSize Most items sent and not yet taken. */
  constructor(
    sendToParent: SendToParent,
    { token, bufferSize }: { readonly token: string; readonly bufferSize: number },
    tellEnd: TellEnd,
  ) {
    this.#sendToParent = sendToParent;
    this.#token = token;
    this.#bufferSize = bufferSize;
    this.#tellEnd = tellEnd;
  }

  get sent(): number {
    return this.#sent;
  }

  begin(epoch: number): void {
    this.#epoch = epoch;
    this.#sent = 0;
    this.#taken = 0;
  }

  async send(item: unknown, epoch: number, signal: AbortSignal): Promise<void> {
    while (this.#sent - this.#taken >= this.#bufferSize) await this.#untilTaken(signal);
    const offloaded = offloadItem(item);
    checkSize(offloaded);
    await this.#post(item, offloaded, epoch);
    this.#sent++;
  }

  end(epoch: number): void {
    this.#tellEnd(epoch, this.#sent);
  }

  taken(epoch: number, count: number): void {
    if (epoch !== this.#epoch) return;
    this.#taken = count;
    this.#wake?.();
  }

  close(): void {}

  /** Sends the item unpacked when structured clone keeps all of it, because packing takes one more copy. */
  async #post(item: unknown, offloaded: OffloadedItem, epoch: number): Promise<void> {
    const message = { arenaItem: this.#token, epoch };
    if (offloaded.cloneable) {
      try {
        return await this.#sendMessage({ ...message, item });
      } catch (error) {
        if (error instanceof ArenaError) throw error;
        // Node cannot clone the item. It holds a Proxy, for example, whose properties can be sent.
      }
    }
    await this.#sendMessage({ ...message, packed: offloaded.pack() });
  }

  /** Rejects with an ArenaError when the channel fails, and with Node's error when it cannot clone. */
  #sendMessage(message: IpcItem): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sendToParent(message, (error) => (error ? reject(channelFailed(error)) : resolve()));
    });
  }

  async #untilTaken(signal: AbortSignal): Promise<void> {
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

function checkSize({ byteLength, envelope }: OffloadedItem): void {
  const total = byteLength + envelope.length;
  if (total < mostBytes) return;
  throw new ArenaError(
    'ERR_ARENA_UNIT_TOO_LARGE',
    `item too large: ${total} bytes, and Node's IPC channel takes less than ${mostBytes}. Give the pipeline an arena, or send less at once.`,
    { byteLength: total, maxUnitBytes: mostBytes - 1 },
  );
}

function channelFailed(cause: Error): Error {
  const error = new ArenaError(
    'ERR_ARENA_CLOSED',
    `the process's IPC channel takes no items: ${cause.message}. Give the pipeline an arena, or do not call process.disconnect() in it.`,
  );
  error.cause = cause;
  return error;
}
