import {
  checkBoolean,
  checkName,
  checkViewable,
  checkWriters,
  constants,
  integer,
  type NativePoolPlan,
  Options,
  required,
  writersOf,
} from '@arena/shm-core/internal';

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

/** The options of `FanOutPool.create`. */
export interface FanOutPoolOptions extends SegmentPoolOptions {
  readonly fanOut?: true | undefined;
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

const { kind, limits } = constants;

export const attachOptions = new Options<AttachPoolOptions>({
  populate: checkBoolean,
  hardened: checkBoolean,
});

const createOptions = new Options<SegmentPoolOptions>({
  segmentSize: required(checkViewable),
  segmentCount: required(integer(1, limits.maxSegments)),
  queueBytes: integer(1, 2 ** 27),
  maxPeers: integer(1, limits.maxPeers),
  unitTimeoutMs: integer(1, 2 ** 31 - 1),
  fanOut: checkBoolean,
  writers: checkWriters,
  name: checkName,
  populate: checkBoolean,
  hardened: checkBoolean,
});

/** What the core makes the pool of. */
export function planOf(given: SegmentPoolOptions): NativePoolPlan {
  const options = createOptions.check(given);
  return {
    kind: kind.pool,
    segmentSize: options.segmentSize,
    segmentCount: options.segmentCount,
    queueBytes: options.queueBytes,
    fanOut: options.fanOut ?? false,
    peers: options.maxPeers,
    unitTimeoutMs: options.unitTimeoutMs,
    writers: writersOf(options.writers),
    populate: options.populate ?? true,
    name: options.name,
  };
}
