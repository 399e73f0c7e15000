import type { CreateOptions } from '@arena/shm-core';
import {
  checkBoolean,
  checkViewable,
  constants,
  createChecks,
  integer,
  type NativePoolPlan,
  Options,
  planFor,
  required,
} from '@arena/shm-core/internal';

export interface SegmentPoolOptions extends CreateOptions {
  /** Bytes of one segment: the largest unit. */
  readonly segmentSize: number;
  /** Units that can be open, queued or leased at once. */
  readonly segmentCount: number;
  /** Bytes of the queue, in which units without payload travel; 1 MiB by default. */
  readonly queueBytes?: number | undefined;
  /**
   * True: every reader gets every unit. The unit takes one segment, which the last reader's release or
   * death frees. By default each unit goes to one reader.
   */
  readonly fanOut?: boolean | undefined;
  /**
   * Milliseconds for which a writer may keep a unit of no bytes open. Afterwards other processes may end the
   * unit, and its `commit` throws `ERR_ARENA_UNIT_ENDED`. Such a unit gets its place in the queue when it is
   * opened, and readers wait for it. A unit with bytes gets its place when it is committed.
   */
  readonly unitTimeoutMs?: number | undefined;
  /** As in {@link AttachPoolOptions}, for the readers of this object. */
  readonly hardened?: boolean | undefined;
}

/** The options of `FanOutPool.create`. */
export interface FanOutPoolOptions extends SegmentPoolOptions {
  readonly fanOut?: true | undefined;
}

export interface AttachPoolOptions {
  /** False: each page is mapped at its first use. */
  readonly populate?: boolean | undefined;
  /**
   * True maps each lease of this object's readers at an address of its own, and unmaps it at the release.
   * An operation of `fs` or `net` that is still in flight then fails with `EFAULT`, and the segment stays as
   * it was. Each lease costs two system calls and the page faults of its pages; see the README. False by
   * default.
   */
  readonly hardened?: boolean | undefined;
}

const { kind, limits } = constants;

export const attachOptions = new Options<AttachPoolOptions>({
  populate: checkBoolean,
  hardened: checkBoolean,
});

const createOptions = new Options<SegmentPoolOptions>({
  ...createChecks,
  segmentSize: required(checkViewable),
  segmentCount: required(integer(1, limits.maxSegments)),
  queueBytes: integer(1, 2 ** 27),
  fanOut: checkBoolean,
  hardened: checkBoolean,
});

/** The options as the core takes them. */
export function planOf(given: SegmentPoolOptions): NativePoolPlan {
  const options = createOptions.check(given);
  return {
    ...planFor(kind.pool, options),
    segmentSize: options.segmentSize,
    segmentCount: options.segmentCount,
    queueBytes: options.queueBytes,
    fanOut: options.fanOut ?? false,
  };
}
