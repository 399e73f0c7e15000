import {
  type ArenaOrigin,
  BaseArena,
  defaultCopyThreshold,
  type UnitLimits,
  type WriterOptions,
} from '@arena/shm-core';
import {
  checkBoolean,
  checkName,
  checkViewable,
  checkWriters,
  handleOf,
  integer,
  maxViewBytes,
  Options,
  required,
  writersOf,
} from '@arena/shm-core/internal';
import { excessOver, shortageIn } from './room.js';

export interface SegmentPoolOptions {
  /** Bytes of one segment: the largest unit. */
  readonly segmentSize: number;
  /** Units that can be open, queued or leased at once. */
  readonly segmentCount: number;
  /** Bytes of the queue, in which units without payload travel; 1 MiB by default. */
  readonly queueBytes?: number | undefined;
  /** Writers and readers that can be attached at once; 128 by default, at most 256. */
  readonly maxPeers?: number | undefined;
  /**
   * True gives every unit to every reader: one segment, counted, freed by the last reader's release
   * or death. By default each unit goes to one reader.
   */
  readonly fanOut?: boolean | undefined;
  /**
   * Longest that a writer may keep a unit of no bytes open, in milliseconds; then others may end it,
   * and its `commit` throws `ERR_ARENA_UNIT_ENDED`. Such a unit has its place in the queue from the
   * moment it is opened, and readers wait for it. One with bytes gets its place when it is committed.
   */
  readonly unitTimeoutMs?: number | undefined;
  /**
   * How many writers will be opened, over all processes: the stream ends once that many have come
   * and all have closed. With `Infinity` it ends by `end()` alone. By default it ends as said at
   * `Reader.read`.
   */
  readonly writers?: number | undefined;
  /** Makes the pool findable by name for processes that do not know each other. */
  readonly name?: string | undefined;
  /** False leaves touching the memory to its first use. */
  readonly populate?: boolean | undefined;
  /** As in {@link AttachPoolOptions}: for the readers that are opened here. */
  readonly hardened?: boolean | undefined;
}

export interface AttachPoolOptions {
  /** False leaves mapping each page to its first use. */
  readonly populate?: boolean | undefined;
  /**
   * True shows each lease of this object's readers at an address of its own, behind which there is
   * nothing once it is released: an operation of `fs` or `net` that is still in flight then fails with
   * `EFAULT`, and the segment stays as it was. Costs two system calls a lease, and the page faults of
   * its pages; see the README. False by default.
   */
  readonly hardened?: boolean | undefined;
}

const defaultQueueBytes = 1024 * 1024;
const defaultMaxPeers = 128;
const pageBytes = 4096;
const kindPool = 1;
const whenFullWait = 1;
/** Room for the envelope of a unit with payload; see `maxEnvelopeBytes` in @arena/payloads. */
const envelopeBytes = 1024;
/** The queue has a record for so many of its bytes, beside two for every segment. */
const bytesPerRecord = 256;
const spareRecords = 64;

const attachOptions = new Options<AttachPoolOptions>({
  populate: checkBoolean,
  hardened: checkBoolean,
});

const createOptions = new Options<SegmentPoolOptions>({
  segmentSize: required(checkViewable),
  segmentCount: required(integer(1, 65536)),
  queueBytes: integer(1, 2 ** 27),
  maxPeers: integer(1, 256),
  unitTimeoutMs: integer(1, 2 ** 31 - 1),
  fanOut: checkBoolean,
  writers: checkWriters,
  name: checkName,
  populate: checkBoolean,
  hardened: checkBoolean,
});

function nativeOptions(given: SegmentPoolOptions): ArenaOrigin {
  const options = createOptions.check(given);
  const { segmentSize, segmentCount, queueBytes = defaultQueueBytes } = options;
  const capacity = Math.ceil(queueBytes / pageBytes) * pageBytes;
  return {
    kind: kindPool,
    whenFull: whenFullWait,
    capacity,
    granuleShift: 6,
    cellCount: 2 * segmentCount + spareRecords + Math.ceil(capacity / bytesPerRecord),
    peerCount: options.maxPeers ?? defaultMaxPeers,
    segmentCount,
    segmentSize,
    envelopeBytes,
    broadcast: options.fanOut ? 1 : 0,
    unitTimeoutMs: options.unitTimeoutMs ?? 0,
    writers: writersOf(options.writers),
    slotBytes: 0,
    populate: options.populate ?? true,
    name: options.name,
    hardened: options.hardened ?? false,
  };
}

/**
 * Shared memory in segments. A reader's lease is a view of the segment itself: no copy is made on
 * reading, nor on writing when a unit is filled in place. When every segment is in use the writer
 * waits, so a slow reader throttles it. Any free segment serves: a lease that is kept for long takes
 * one segment and stalls nobody.
 *
 * Memory: segmentCount * (segmentSize + 1 KiB, rounded up to a page), and 2 MiB beside.
 */
export class SegmentPool extends BaseArena {
  readonly kind = 'pool';

  /**
   * @throws {RangeError | TypeError} An option is out of range.
   * @throws {ArenaError} `ERR_ARENA_OUT_OF_MEMORY` with what was needed and what is free;
   *   `ERR_ARENA_NAME_TAKEN`.
   */
  static create(options: SegmentPoolOptions): SegmentPool {
    return new SegmentPool(nativeOptions(options));
  }

  /**
   * Opens the pool that another process (or thread) made.
   *
   * @param handle Its `handle`, or `{ name }` of a named one.
   * @throws {ArenaError} `ERR_ARENA_HANDLE`, `ERR_ARENA_STALE_HANDLE`, `ERR_ARENA_INCOMPATIBLE`.
   */
  static attach(handle: string | { name: string }, options?: AttachPoolOptions): SegmentPool {
    const { populate = true, hardened = false } = attachOptions.check(options);
    return new SegmentPool({ handle: handleOf(handle), expectKind: kindPool, populate, hardened });
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

  /** Nothing is overwritten in a pool. */
  protected roomOption(): string {
    return 'queueBytes';
  }

  protected unitLimits(options: WriterOptions): UnitLimits {
    const { copyThreshold: threshold = defaultCopyThreshold } = options;
    return {
      waits: true,
      shortage: (unit, free) => shortageIn(this.config, unit, free),
      excess: (unit) => excessOver(this.config, unit),
      copyThreshold:
        threshold < this.segmentSize ? Math.min(threshold, this.config.capacity / 2) : 0,
      maxInlineBytes: Math.min(this.segmentSize, this.config.capacity),
    };
  }
}
