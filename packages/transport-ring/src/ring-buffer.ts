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
  handleOf,
  integer,
  invalidRange,
  maxViewBytes,
  type NativeCreateOptions,
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

const defaultMaxPeers = 128;
const pageBytes = 4096;
const kindRing = 2;
const whenFulls = ['throw', 'wait', 'overwrite'] as const;
/** Records are measured in granules, of which a ring has fewer than this. */
const maxGranules = 2 ** 22;
const maxCapacity = 2 ** 44;

function granuleShift(capacity: number): number {
  let shift = 6;
  while (capacity / 2 ** shift >= maxGranules - 1) shift++;
  return shift;
}

/** Bytes and records that are asked for, in either of the two ways to ask. */
function wantedRoom(options: RingBufferOptions): { bytes: number; records: number } {
  if (options.slots === undefined && options.slotBytes === undefined) {
    const bytes = checkInteger('capacity', options.capacity, 1, maxCapacity);
    const records = Math.min(65536, Math.max(64, Math.floor(bytes / 256)));
    return { bytes, records: options.maxRecords ?? records };
  }
  if (options.capacity !== undefined || options.maxRecords !== undefined) {
    throw invalidRange(
      'slots and slotBytes stand instead of capacity and maxRecords. Give one pair.',
    );
  }
  const slots = checkInteger('slots', options.slots, 2, 2 ** 26);
  const slotBytes = checkInteger('slotBytes', options.slotBytes, 1, maxCapacity);
  const granule = 2 ** granuleShift(slots * slotBytes);
  const bytes = slots * Math.ceil(slotBytes / granule) * granule;
  if (bytes <= maxCapacity) return { bytes, records: slots };
  throw invalidRange(
    `slots must take at most ${maxCapacity} bytes together, got ${slots} of ${slotBytes} bytes. Use fewer slots, or smaller ones.`,
  );
}

const attachOptions = new Options<AttachRingOptions>({ populate: checkBoolean });

const createOptions = new Options<RingBufferOptions>({
  capacity: integer(1, maxCapacity),
  slots: integer(2, 2 ** 26),
  slotBytes: checkViewable,
  whenFull: oneOf(whenFulls),
  maxRecords: integer(2, 2 ** 26),
  maxPeers: integer(1, 256),
  unitTimeoutMs: integer(1, 2 ** 31 - 1),
  writers: checkWriters,
  name: checkName,
  populate: checkBoolean,
});

function nativeOptions(given: RingBufferOptions): NativeCreateOptions {
  const options = createOptions.check(given);
  const { bytes, records } = wantedRoom(options);
  const shift = granuleShift(bytes);
  const unit = Math.max(pageBytes, 2 ** shift);
  const capacity = checkInteger('capacity', Math.ceil(bytes / unit) * unit, 1, maxCapacity);
  return {
    kind: kindRing,
    whenFull: whenFulls.indexOf(options.whenFull ?? 'throw'),
    capacity,
    granuleShift: shift,
    cellCount: records,
    peerCount: options.maxPeers ?? defaultMaxPeers,
    segmentCount: 0,
    segmentSize: 0,
    envelopeBytes: 0,
    broadcast: 0,
    unitTimeoutMs: options.unitTimeoutMs ?? 0,
    writers: writersOf(options.writers),
    slotBytes: options.slotBytes ?? 0,
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
    return new RingBuffer(Attachment.create(nativeOptions(options)));
  }

  /**
   * Opens the ring that another process (or thread) made.
   *
   * @param handle Its `handle`, or `{ name }` of a named one.
   * @throws {ArenaError} `ERR_ARENA_HANDLE`, `ERR_ARENA_STALE_HANDLE`, `ERR_ARENA_INCOMPATIBLE`.
   */
  static attach(handle: string | { name: string }, options?: AttachRingOptions): RingBuffer {
    const { populate = true } = attachOptions.check(options);
    return new RingBuffer(Attachment.attach(handleOf(handle), kindRing, populate));
  }

  get capacity(): number {
    return this.config.capacity;
  }

  get whenFull(): WhenFull {
    return whenFulls[this.config.whenFull] ?? 'throw';
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
    return this.openReader(options.from, (parts) => new RecordReader(parts, options, this.config));
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
