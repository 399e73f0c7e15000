import type {
  AsyncWaitOptions,
  UnitOptions,
  WaitOptions,
  Writer,
  WriterOptions,
} from '@arena/shm-core';
import {
  ArenaWriter,
  checkBoolean,
  type EndpointParts,
  integer,
  type NativeWriter,
  Options,
  WriteOptions,
  type WriterPolicy,
  writerChecks,
} from '@arena/shm-core/internal';

export interface CopyOptions {
  /**
   * True sends the unit through the pool's queue, from which readers copy it; false through a segment,
   * which readers lease. By default units up to the writer's `copyThreshold` are copied.
   */
  readonly copy?: boolean | undefined;
}

/** A writer of a pool. Its calls can choose the way of a unit. */
export interface PoolWriter extends Writer {
  write(bytes: Uint8Array, options?: AsyncWaitOptions & UnitOptions & CopyOptions): Promise<void>;
  tryWrite(bytes: Uint8Array, options?: UnitOptions & CopyOptions): boolean;
  writeSync(bytes: Uint8Array, options?: WaitOptions & UnitOptions & CopyOptions): void;
  writeMany(units: readonly Uint8Array[], options?: AsyncWaitOptions & CopyOptions): Promise<void>;
  tryWriteMany(units: readonly Uint8Array[], options?: CopyOptions): number;
}

/** The options of a writer of a pool with fan-out. */
export interface FanOutWriterOptions extends WriterOptions {
  /**
   * `write` sends units of up to this many bytes through the pool's queue, from which readers copy them, and
   * larger units through a segment; 16384 by default. When the segments are no larger than this, every unit
   * takes a segment.
   */
  readonly copyThreshold?: number | undefined;
}

/** The options of a writer of a pool in which each unit goes to one reader. */
export interface PoolWriterOptions extends FanOutWriterOptions {
  /**
   * True: when every reader has left, or has died, a call that waits for room goes on waiting for the
   * next reader. By default it ends with `ERR_ARENA_NO_READERS` or `ERR_ARENA_PEER_LOST`.
   */
  readonly waitForReaders?: boolean | undefined;
}

const fanOutChecks = { ...writerChecks, copyThreshold: integer(0) };
export const fanOutWriterOptions = new Options<FanOutWriterOptions>(fanOutChecks);
export const poolWriterOptions = new Options<PoolWriterOptions>({
  ...fanOutChecks,
  waitForReaders: checkBoolean,
});

const copyOptions = new WriteOptions<CopyOptions>({ copy: checkBoolean });

/** Sends each unit through the queue or through a segment. */
export class SegmentWriter extends ArenaWriter<CopyOptions> implements PoolWriter {
  /** The largest unit that can ever fit into the queue. */
  readonly #mostQueuedBytes: number;

  constructor(parts: EndpointParts<NativeWriter>, policy: WriterPolicy, mostQueuedBytes: number) {
    super(parts, policy, copyOptions);
    this.#mostQueuedBytes = mostQueuedBytes;
  }

  protected override queuedBytes({ copy }: CopyOptions): number {
    if (copy === undefined) return this.policy.queuedBytes;
    return copy ? this.#mostQueuedBytes : 0;
  }
}
