/** Writes whole items through any arena's writer. */
import type { AsyncWaitOptions, OpenUnit, WaitOptions, Writer } from '@arena/shm-core';
import {
  checkMilliseconds,
  checkSignal,
  describe,
  invalidType,
  Options,
  StaysHere,
} from '@arena/shm-core/internal';
import {
  type PlacingOptions,
  placeItem,
  placingOptions,
  type TagOptions,
  tagging,
} from './offload-item.js';
import type { OffloadedItem } from './offloaded-item.js';

export type ItemWriterOptions = PlacingOptions;

const waiting = { ...tagging, timeoutMs: checkMilliseconds };
const writeOptions = new Options<AsyncWaitOptions & TagOptions>({
  ...waiting,
  signal: checkSignal,
});
const writeSyncOptions = new Options<WaitOptions & TagOptions>(waiting);
const tryWriteOptions = new Options<TagOptions>(tagging);

const noBytes = new Uint8Array(0);

const staysHere = new StaysHere(
  'an item writer',
  'Send the handle of its arena (arena.handle), attach by that, and open one there',
);

/**
 * Writes items instead of bytes: an item's large binaries go into the unit, everything else into the
 * envelope. Fails as {@link Writer} and {@link offloadItem} do. An item that cannot be sent takes no
 * space.
 */
export class ItemWriter<T = unknown> implements Disposable {
  static {
    staysHere.keep(ItemWriter);
  }

  protected readonly staysHere = staysHere.mark;
  readonly #writer: Writer;
  readonly #placing: PlacingOptions;

  /** Takes over `writer`: `close` closes it. */
  constructor(writer: Writer, options?: ItemWriterOptions) {
    checkWriter(writer);
    this.#writer = writer;
    this.#placing = { ...placingOptions.check(options) };
  }

  /**
   * Waits until there is space, copies the item's binaries in and publishes the item. Do not change
   * or transfer the binaries before the promise settles. Everything else is encoded at once.
   */
  async write(item: T, options?: AsyncWaitOptions & TagOptions): Promise<void> {
    const { timeoutMs, signal, tag } = writeOptions.check(options);
    const placed = placeItem(item, this.#placing, tag);
    const { envelope, byteLength } = placed;
    const how = { timeoutMs, signal, envelope };
    if (byteLength === 0) await this.#writer.write(noBytes, how);
    else publish(placed, await this.#writer.acquire(byteLength, how));
  }

  /** Like `write`, but false at once when there is no space. */
  tryWrite(item: T, options?: TagOptions): boolean {
    const { tag } = tryWriteOptions.check(options);
    const placed = placeItem(item, this.#placing, tag);
    const { envelope, byteLength } = placed;
    if (byteLength === 0) return this.#writer.tryWrite(noBytes, { envelope });
    const unit = this.#writer.tryAcquire(byteLength, { envelope });
    if (unit === null) return false;
    publish(placed, unit);
    return true;
  }

  /** Like `write`, but blocks this thread while it waits. */
  writeSync(item: T, options?: WaitOptions & TagOptions): void {
    const { timeoutMs, tag } = writeSyncOptions.check(options);
    const placed = placeItem(item, this.#placing, tag);
    const { envelope, byteLength } = placed;
    const how = { timeoutMs, envelope };
    if (byteLength === 0) this.#writer.writeSync(noBytes, how);
    else publish(placed, this.#writer.acquireSync(byteLength, how));
  }

  /** Wakes readers that wait for several units at once. Call it when no item follows soon. */
  flush(): void {
    this.#writer.flush();
  }

  /** Ends the writer: no more items come. A second call does nothing. */
  close(): void {
    this.#writer.close();
  }

  get closed(): boolean {
    return this.#writer.closed;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function checkWriter(writer: Writer): void {
  if (typeof writer?.tryAcquire === 'function') return;
  throw invalidType(`writer must be a Writer, got ${describe(writer)}. Pass arena.writer().`);
}

/** Fills and commits `unit`, or aborts it when it cannot be filled. */
function publish(item: OffloadedItem, unit: OpenUnit): void {
  try {
    item.copyTo(unit.bytes);
    unit.commit();
  } catch (error) {
    unit.abort();
    throw error;
  }
}
