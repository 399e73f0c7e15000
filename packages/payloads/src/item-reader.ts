/** Reads whole items through any arena's reader. */
import type { AsyncWaitOptions, Lease, Reader, WaitOptions } from '@arena/shm-core';
import { describe, invalidType, StaysHere, UnitIterator } from '@arena/shm-core/internal';
import { readTag } from './envelope/format.js';
import type { Restored } from './item-lease.js';
import { restoreItem } from './restore-item.js';

/** An item, or the end of the stream. `done` tells them apart: an item may be `null` or `undefined`. */
export type ItemResult<T> =
  | { readonly done: false; readonly value: Restored<T>; readonly tag: number }
  | { readonly done: true; readonly value: undefined };

const end = { done: true, value: undefined } as const;

const staysHere = new StaysHere(
  'an item reader',
  'Send the handle of its arena (arena.handle), attach by that, and open one there',
);

/**
 * Reads items instead of bytes. Fails as {@link Reader} and {@link restoreItem} do. After an item that
 * cannot be restored, the next one can be read.
 *
 * Each item holds its lease until the item is disposed of: `for await (using item of reader)`, or
 * `releaseItem`.
 */
export class ItemReader<T = unknown> implements AsyncIterable<Restored<T>>, Disposable {
  static {
    staysHere.keep(ItemReader);
  }

  protected readonly staysHere = staysHere.mark;
  readonly #reader: Reader;

  /** Takes over `reader`: `close` closes it. */
  constructor(reader: Reader) {
    if (typeof reader?.tryRead !== 'function') {
      throw invalidType(`reader must be a Reader, got ${describe(reader)}. Pass arena.reader().`);
    }
    this.#reader = reader;
  }

  /** Waits for the next item. */
  async read(options?: AsyncWaitOptions): Promise<ItemResult<T>> {
    return restored(await this.#reader.read(options));
  }

  /** The next item when there is one; the end when no item can come any more; otherwise `null`. */
  tryRead(): ItemResult<T> | null {
    const lease = this.#reader.tryRead();
    return lease === null && !this.#reader.ended ? null : restored(lease);
  }

  /** Like `read`, but blocks this thread while it waits. */
  readSync(options?: WaitOptions): ItemResult<T> {
    return restored(this.#reader.readSync(options));
  }

  /** True once the end of the stream has been reached. */
  get ended(): boolean {
    return this.#reader.ended;
  }

  /** Leaves the stream; items that were read stay valid until released. */
  close(): void {
    this.#reader.close();
  }

  get closed(): boolean {
    return this.#reader.closed;
  }

  /** Every item until the end. When you leave the loop, the reader stays open and can be iterated again. */
  [Symbol.asyncIterator](): AsyncIterator<Restored<T>, undefined> & AsyncIterable<Restored<T>> {
    return new UnitIterator<Restored<T>>({
      // Only the reader knows whether another call is waiting. That call comes first.
      take: () => undefined,
      wait: () => this.read(),
      leave: () => {},
    });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function restored<T>(lease: Lease | null): ItemResult<T> {
  if (lease === null) return end;
  // Restore the item first: it releases the lease when the envelope is not that of an item.
  const value = restoreItem<T>(lease);
  return { done: false, value, tag: readTag(lease.envelope) };
}
