import type { CreateOptions, ReaderOptions, Writer, WriterOptions } from '@arena/shm-core';
import {
  ArenaWriter,
  Attachment,
  BaseArena,
  checkBoolean,
  checkInteger,
  checkViewable,
  constants,
  createChecks,
  handleOf,
  integer,
  invalidRange,
  maxViewBytes,
  type NativeBroadcastReader,
  type NativeRingPlan,
  Options,
  oneOf,
  planFor,
  readerOptions,
  type WriterPolicy,
  writerOptions,
} from '@arena/shm-core/internal';
import { RecordReader, type RingReader } from './ring-reader.js';
import { excessOver, shortageIn } from './room.js';

/**
 * The behaviour of a writer when the slowest reader leaves no room: `throw` fails at once, `wait` waits for
 * the reader, and `overwrite` gives up the oldest records. A slow reader then gets `ERR_ARENA_LAPPED`.
 */
export type WhenFull = 'throw' | 'wait' | 'overwrite';

export interface RingBufferOptions extends CreateOptions {
  /**
   * Bytes of records, envelopes included, rounded up to whole pages. Also the largest unit. Instead of
   * `capacity` give `slots` (the number of records) and `slotBytes` (the largest record).
   */
  readonly capacity?: number | undefined;
  readonly slots?: number | undefined;
  readonly slotBytes?: number | undefined;
  /** `throw` by default. */
  readonly whenFull?: WhenFull | undefined;
  /** Records that can be in flight at once; by default one for each 256 bytes, 64 to 65536. */
  readonly maxRecords?: number | undefined;
  /**
   * Milliseconds for which a writer may keep a unit open. Afterwards other processes may end the unit, and
   * its `commit` throws `ERR_ARENA_UNIT_ENDED`. With this option units are filled in private memory, and
   * `commit` copies them. Without it an open unit holds readers and writers up as long as its process
   * lives.
   */
  readonly unitTimeoutMs?: number | undefined;
}

export interface AttachRingOptions {
  /** False: each page is mapped at its first use. */
  readonly populate?: boolean | undefined;
}

const maxSlots = 2 ** 26;
const { kind, limits, whenFull: whenFulls } = constants;
const whenFullNames = ['throw', 'wait', 'overwrite'] as const;

/** The options give the room either in bytes, or as a number of slots of one size. */
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
  ...createChecks,
  capacity: integer(1, limits.maxCapacity),
  slots: integer(2, maxSlots),
  slotBytes: checkViewable,
  whenFull: oneOf(whenFullNames),
  maxRecords: integer(2, maxSlots),
});

function planOf(given: RingBufferOptions): NativeRingPlan {
  const options = createOptions.check(given);
  checkRoom(options);
  return {
    ...planFor(kind.ring, options),
    whenFull: whenFulls[options.whenFull ?? 'throw'],
    capacity: options.capacity,
    slots: options.slots,
    slotBytes: options.slotBytes,
    maxRecords: options.maxRecords,
  };
}

/**
 * A ring of records of any size. Every reader has its own position and sees every record, in one order
 * over all writers. A reader gets private copies, so it may keep them without blocking a writer. By default a
 * write to a full ring fails at once.
 *
 * `capacity` must hold all records that are in flight at once: about (buffered items + 2) * the largest item.
 */
export class RingBuffer extends BaseArena {
  readonly kind = 'ring';

  /**
   * @throws {RangeError | TypeError} An option is out of range.
   * @throws {ArenaError} `ERR_ARENA_OUT_OF_MEMORY` with the needed and the free bytes;
   *   `ERR_ARENA_NAME_TAKEN`.
   */
  static create(options: RingBufferOptions): RingBuffer {
    return new RingBuffer(Attachment.create(planOf(options)));
  }

  /**
   * Opens the ring that another process or thread has created.
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
