import type { Reader, ReaderOptions } from '@arena/shm-core';
import {
  ArenaReader,
  Attachment,
  BaseArena,
  BroadcastReader,
  constants,
  defaultCopyThreshold,
  handleOf,
  invalidRange,
  maxViewBytes,
  readerOptions,
  type WriterPolicy,
} from '@arena/shm-core/internal';
import type { FanOutReader } from './fan-out-reader.js';
import {
  type AttachPoolOptions,
  attachOptions,
  type FanOutPoolOptions,
  planOf,
  type SegmentPoolOptions,
} from './pool-options.js';
import {
  type FanOutWriterOptions,
  fanOutWriterOptions,
  type PoolWriter,
  type PoolWriterOptions,
  poolWriterOptions,
  SegmentWriter,
} from './pool-writer.js';
import { excessOver, shortageIn } from './room.js';
import { stranded } from './stranded.js';

function attached(
  handle: string | { name: string },
  options: AttachPoolOptions | undefined,
): [attachment: Attachment, hardened: boolean] {
  const { populate = true, hardened = false } = attachOptions.check(options);
  return [Attachment.attach(handleOf(handle), constants.kind.pool, populate), hardened];
}

/**
 * Shared memory in segments. A reader's lease is a view of the segment itself. Reading makes no copy, and
 * neither does writing when a unit is filled in place. When every segment is in use the writer waits, so a
 * slow reader slows the writer down. Writers take any free segment, so a lease that is kept for long takes
 * one segment and blocks no other process.
 *
 * Each unit goes to one reader; in a {@link FanOutPool} it goes to every reader.
 *
 * Memory: segmentCount * (segmentSize + 1 KiB, rounded up to a page), and 2 MiB beside.
 */
export class SegmentPool extends BaseArena {
  readonly kind = 'pool';
  /** Leases of this object's readers have addresses that are unmapped at the release. */
  protected readonly hardened: boolean;

  protected constructor(attachment: Attachment, hardened: boolean) {
    super(attachment);
    this.hardened = hardened;
  }

  /**
   * @throws {RangeError | TypeError} An option is out of range.
   * @throws {ArenaError} `ERR_ARENA_OUT_OF_MEMORY` with the needed and the free bytes;
   *   `ERR_ARENA_NAME_TAKEN`.
   */
  static create(options: SegmentPoolOptions & { readonly fanOut: true }): FanOutPool;
  static create(options: SegmentPoolOptions): SegmentPool;
  static create(options: SegmentPoolOptions): SegmentPool {
    const attachment = Attachment.create(planOf(options));
    const { fanOut = false, hardened = false } = options;
    return fanOut ? new FanOutPool(attachment, hardened) : new SegmentPool(attachment, hardened);
  }

  /**
   * Opens the pool that another process or thread has created, which may be a {@link FanOutPool}.
   *
   * @param handle Its `handle`, or `{ name }` of a named one.
   * @throws {ArenaError} `ERR_ARENA_HANDLE`, `ERR_ARENA_STALE_HANDLE`, `ERR_ARENA_INCOMPATIBLE`.
   */
  static attach(handle: string | { name: string }, options?: AttachPoolOptions): SegmentPool {
    const [attachment, hardened] = attached(handle, options);
    return attachment.config.broadcast
      ? new FanOutPool(attachment, hardened)
      : new SegmentPool(attachment, hardened);
  }

  get segmentSize(): number {
    return this.config.segmentSize;
  }

  get segmentCount(): number {
    return this.config.segmentCount;
  }

  get maxUnitBytes(): number {
    return Math.min(this.config.segmentSize, maxViewBytes);
  }

  writer(given?: PoolWriterOptions): PoolWriter {
    const options = poolWriterOptions.check(given);
    return this.openSegmentWriter(options, options.waitForReaders);
  }

  reader(given?: ReaderOptions): Reader {
    const options = readerOptions.check(given);
    return this.openReader(options.from, (parts) => new ArenaReader(parts, options), this.hardened);
  }

  protected openSegmentWriter(options: FanOutWriterOptions, waitForReaders?: boolean): PoolWriter {
    const mostQueuedBytes = Math.min(this.segmentSize, this.config.capacity);
    return this.openWriter(
      (parts) => new SegmentWriter(parts, this.#policy(options), mostQueuedBytes),
      waitForReaders,
    );
  }

  #policy(options: FanOutWriterOptions): WriterPolicy {
    const { copyThreshold = defaultCopyThreshold, spinMicroseconds = 0 } = options;
    const copies = copyThreshold < this.segmentSize;
    return {
      waits: true,
      shortage: (unit, free) => shortageIn(this.config, unit, free),
      excess: (unit) => excessOver(this.config, unit),
      stranded,
      queuedBytes: copies ? Math.min(copyThreshold, this.config.capacity / 2) : 0,
      spinMicroseconds,
      unitTimeoutMs: this.config.unitTimeoutMs,
    };
  }
}

/**
 * A pool that gives every unit to every reader. The unit takes one segment, which the last reader's release
 * or death frees.
 */
export class FanOutPool extends SegmentPool {
  /** As `SegmentPool.create` with `fanOut: true`. */
  static override create(options: FanOutPoolOptions): FanOutPool {
    if ((options as SegmentPoolOptions | undefined)?.fanOut === false) throw notFanOut();
    const attachment = Attachment.create({ ...planOf(options), fanOut: true });
    return new FanOutPool(attachment, options.hardened ?? false);
  }

  /**
   * As `SegmentPool.attach`.
   *
   * @throws {ArenaError} `ERR_ARENA_INCOMPATIBLE`: in this pool each unit goes to one reader.
   */
  static override attach(
    handle: string | { name: string },
    options?: AttachPoolOptions,
  ): FanOutPool {
    const [attachment, hardened] = attached(handle, options);
    if (attachment.config.broadcast) return new FanOutPool(attachment, hardened);
    throw attachment.refused('pool', 'pool with fan-out');
  }

  override writer(given?: FanOutWriterOptions): PoolWriter {
    return this.openSegmentWriter(fanOutWriterOptions.check(given));
  }

  override reader(given?: ReaderOptions): FanOutReader {
    const options = readerOptions.check(given);
    return this.openReader(
      options.from,
      (parts) => new BroadcastReader(parts, options),
      this.hardened,
    );
  }
}

const notFanOut = () =>
  invalidRange('fanOut must be true in FanOutPool.create, got false. Use SegmentPool.create.');
