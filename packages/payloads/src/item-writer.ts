/** Writes whole items through any arena's writer. */
import type { AsyncWaitOptions, OpenUnit, WaitOptions, Writer } from '@arena/shm-core';
import { type OffloadedItem, type OffloadOptions, offloadItem } from './offload-item.js';

export type ItemWriterOptions = Omit<OffloadOptions, 'tag'>;

export interface TagOptions {
  /** Frames the item for its reader, a uint32, 0 when absent. */
  readonly tag?: number | undefined;
}

const noBytes = new Uint8Array(0);

/**
 * An arena's writer for items instead of bytes: large binaries go into the unit, the rest travels
 * beside it. Errors are those of {@link Writer} and of {@link offloadItem}; an item that cannot be
 * sent takes no space.
 */
export class ItemWriter<T = unknown> implements Disposable {
  readonly #writer: Writer;
  readonly #options: ItemWriterOptions;

  /** Takes `writer` over: `close` closes it. */
  constructor(writer: Writer, options: ItemWriterOptions = {}) {
    this.#writer = writer;
    this.#options = options;
  }

  /**
   * Waits until there is space, copies the item's binaries in and publishes it. Until the promise
   * settles, leave the item's binaries alone; the rest of it is taken at once.
   */
  async write(item: T, options: AsyncWaitOptions & TagOptions = {}): Promise<void> {
    const offloaded = this.#offload(item, options);
    const { envelope, byteLength } = offloaded;
    const { timeoutMs, signal } = options;
    const how = { timeoutMs, signal, envelope };
    if (byteLength === 0) await this.#writer.write(noBytes, how);
    else publish(offloaded, await this.#writer.acquire(byteLength, how));
  }

  /** Like `write`, but false at once when there is no space. */
  tryWrite(item: T, options: TagOptions = {}): boolean {
    const offloaded = this.#offload(item, options);
    const { envelope, byteLength } = offloaded;
    if (byteLength === 0) return this.#writer.tryWrite(noBytes, { envelope });
    const unit = this.#writer.tryAcquire(byteLength, { envelope });
    if (unit === null) return false;
    publish(offloaded, unit);
    return true;
  }

  /** Like `write`, but blocks this thread while it waits. */
  writeSync(item: T, options: WaitOptions & TagOptions = {}): void {
    const offloaded = this.#offload(item, options);
    const { envelope, byteLength } = offloaded;
    const how = { timeoutMs: options.timeoutMs, envelope };
    if (byteLength === 0) this.#writer.writeSync(noBytes, how);
    else publish(offloaded, this.#writer.acquireSync(byteLength, how));
  }

  /** Says that nothing more comes. A second call does nothing. */
  close(): void {
    this.#writer.close();
  }

  get closed(): boolean {
    return this.#writer.closed;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #offload(item: T, { tag }: TagOptions): OffloadedItem {
    return offloadItem(item, tag === undefined ? this.#options : { ...this.#options, tag });
  }
}

/** Fills and commits `unit`; gives it up when it cannot be filled. */
function publish(item: OffloadedItem, unit: OpenUnit): void {
  try {
    item.copyTo(unit.bytes);
    unit.commit();
  } catch (error) {
    unit.abort();
    throw error;
  }
}
