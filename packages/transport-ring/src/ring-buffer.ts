import type { ReaderOptions, Writer, WriterOptions } from '@arena/shm-core';
import {
  ArenaWriter,
  Attachment,
  BaseArena,
  checkBoolean,
  checkInteger,
  checkName,
  checkViewable,
  checkWriters,
  constants,
  handleOf,
  integer,
  invalidRange,
  maxViewBytes,
  type NativeBroadcastReader,
  type NativeRingPlan,
  Options,
  oneOf,
  readerOptions,
  type WriterPolicy,
  writerOptions,
  writersOf,
} from '@arena/shm-core/internal';
import { RecordReader, type RingReader } from './ring-reader.js';
import { excessOver, shortageIn } from './room.js';

/**
 * What a writer does when the slowest reader has left no room: `throw` fails at once, `wait` waits
 * for the reader, `overwrite` gives up the oldest records, which a slow reader learns by
 * `ERR_ARENA_LAPPED`.
 */
export type WhenFull = 'throw' | 'wait' | 'overwrite';

export interface RingBufferOptions {
  /**
   * Bytes of records, envelopes included; rounded up to whole pages. The largest unit. Instead of
   * it, `slots` and `slotBytes` make a ring of so many records of at most so many bytes.
   */
  readonly capacity?: number | undefined;
  readonly slots?: number | undefined;
  readonly slotBytes?: number | undefined;
  /** `throw` by default. */
  readonly whenFull?: WhenFull | undefined;
  /** Records that can be in flight at once; by default one for each 256 bytes, 64 to 65536. */
  readonly maxRecords?: number | undefined;
  /** Writers and readers that can be attached at once; 128 by default, at most 256. */
  readonly maxPeers?: number | undefined;
  /**
   * Longest that a writer may keep a unit open, in milliseconds; then others may end it, and its
   * `commit` throws `ERR_ARENA_UNIT_ENDED`. Units are filled in private memory then, and copied when
   * they are committed. Without it an open unit holds readers and writers up for as long as its
   * process lives.
   */
  readonly unitTimeoutMs?: number | undefined;
  /**
   * How many writers will be opened, over all processes: the stream ends once that many have come
   * and all have closed. With `Infinity` it ends by `end()` alone. By default it ends as said at
   * `Reader.read`.
   */
  readonly writers?: number | undefined;
  /** Makes the ring findable by name for processes that do not know each other. */
  readonly name?: string | undefined;
  /** False leaves touching the memory to its first use. */
  readonly populate?: boolean | undefined;
}

export interface AttachRingOptions {
  /** False leaves mapping each page to its first use. */
  readonly populate?: boolean | undefined;
}

const maxSlots = 2 ** 26;
const { kind, limits, whenFull: whenFulls } = constants;
const whenFullNames = ['throw', 'wait', 'overwrite'] as const;

/** Room is asked for in one of two ways: as bytes, or as slots of a size. */
function checkRoom({ capacity, slots, slotBytes, maxRecords }: RingBufferOptions): void {
  if (slots === undefined && slotBytes === undefined) {
    checkInteger('capacity', capacity, 1, limits.maxCapacity);
    return;
  }
  if (capacity !== undefined || maxRecords !== undefined) {
    throw invalidRange(
      'slots and slotBytes stand instead of capacity and maxRecords. Give one pair.',
    );
  }
  const count = checkInteger('slots', slots, 2, maxSlots);
  const bytes = checkInteger('slotBytes', slotBytes, 1, limits.maxCapacity);
  if (count * bytes <= limits.maxCapacity) return;
  throw invalidRange(
    `slots must take at most ${limits.maxCapacity} bytes together, got ${count} of ${bytes} bytes. Use fewer slots, or smaller ones.`,
  );
}

const attachOptions = new Options<AttachRingOptions>({ populate: checkBoolean });

const createOptions = new Options<RingBufferOptions>({
  capacity: integer(1, limits.maxCapacity),
  slots: integer(2, maxSlots),
  slotBytes: checkViewable,
  whenFull: oneOf(whenFullNames),
  maxRecords: integer(2, maxSlots),
  maxPeers: integer(1, limits.maxPeers),
  unitTimeoutMs: integer(1, 2 ** 31 - 1),
  writers: checkWriters,
  name: checkName,
  populate: checkBoolean,
});

function planOf(given: RingBufferOptions): NativeRingPlan {
  const options = createOptions.check(given);
  checkRoom(options);
  return {
    kind: kind.ring,
    whenFull: whenFulls[options.whenFull ?? 'throw'],
    capacity: options.capacity,
    slots: options.slots,
    slotBytes: options.slotBytes,
    maxRecords: options.maxRecords,
    peers: options.maxPeers,
    unitTimeoutMs: options.unitTimeoutMs,
    writers: writersOf(options.writers),
    populate: options.populate ?? true,
    name: options.name,
  };
}

/**
 * A ring of records of any size. Every reader has its own position and sees every record, in one
 * order over all writers; what it reads is a private copy, so nothing it holds ever stalls a writer.
 * A full ring fails at once by default.
 *
 * Size `capacity` for what is in flight at most: about (buffered items + 2) * the largest item.
 */
export class RingBuffer extends BaseArena {
  readonly kind = 'ring';

  /**
   * @throws {RangeError | TypeError} An option is out of range.
   * @throws {ArenaError} `ERR_ARENA_OUT_OF_MEMORY` with what was needed and what is free;
   *   `ERR_ARENA_NAME_TAKEN`.
   */
  static create(options: RingBufferOptions): RingBuffer {
    return new RingBuffer(Attachment.create(planOf(options)));
  }

  /**
   * Opens the ring that another process (or thread) made.
   *
   * @param handle Its `handle`, or `{ name }` of a named one.
   * @throws {ArenaError} `ERR_ARENA_HANDLE`, `ERR_ARENA_STALE_HANDLE`, `ERR_ARENA_INCOMPATIBLE`.
   */
  static attach(handle: string | { name: string }, options?: AttachRingOptions): RingBuffer {
    const { populate = true } = attachOptions.check(options);
    return new RingBuffer(Attachment.attach(handleOf(handle), kind.ring, populate));
  }

  get capacity(): number {
    return this.config.capacity;
  }

  get whenFull(): WhenFull {
    const { whenFull } = this.config;
    return whenFullNames.find((name) => whenFulls[name] === whenFull) ?? 'throw';
  }

  get maxUnitBytes(): number {
    return Math.min(this.config.slotBytes || this.config.capacity, maxViewBytes);
  }

  writer(given?: WriterOptions): Writer {
    const { spinMicroseconds = 0 } = writerOptions.check(given);
    return this.openWriter((parts) => new ArenaWriter(parts, this.#policy(spinMicroseconds)));
  }

  reader(given?: ReaderOptions): RingReader {
    const options = readerOptions.check(given);
    return this.openReader<RecordReader, NativeBroadcastReader>(
      options.from,
      (parts) => new RecordReader(parts, options, this.config),
    );
  }

  #policy(spinMicroseconds: number): WriterPolicy {
    return {
      waits: this.whenFull === 'wait',
      shortage: (unit, free) => shortageIn(this.config, unit, free),
      excess: () => excessOver(this.config),
      queuedBytes: this.capacity,
      spinMicroseconds,
      unitTimeoutMs: this.config.unitTimeoutMs,
    };
  }
}
