import { ArenaError } from '@arena/shm-core';
import {
  checkInteger,
  checkSignal,
  describe,
  integer,
  invalidRange,
  invalidType,
  Options,
  StaysHere,
} from '@arena/shm-core/internal';
import { checkFixedBytes } from './arguments.js';
import { Interruption } from './interruption.js';
import { type MediaSource, type ReadableSource, readable } from './media-source.js';
import {
  type BatchLimits,
  checkMaxBatchBytes,
  checkMaxPixels,
  defaultMaxBatchBytes,
  defaultMaxPixels,
  type PictureLimits,
} from './memory-limits.js';
import { type NativeDemuxer, native } from './native.js';
import { settled } from './settled.js';
import { type VideoPackets, wrapPackets } from './video-packets.js';

export interface DemuxOptions extends PictureLimits, BatchLimits {
  /** The stream's index in the container; the best video stream when absent. */
  readonly stream?: number | undefined;
  /**
   * Seconds, in the container's own timestamps. The packets begin with the last keyframe at or before
   * `start`, and end with the last packet that a frame before `end` needs.
   */
  readonly timestamps?: readonly [start: number, end: number] | undefined;
  /** Aborting it ends the demuxing with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** This number is larger than the packets of any stream. */
export const everyPacket = 2 ** 32 - 1;

export const checkMinPackets = integer(1, everyPacket);

export const demuxerChecks = {
  stream: integer(0, 2 ** 31 - 1),
  timestamps: checkTimestamps,
  maxPixels: checkMaxPixels,
  maxBatchBytes: checkMaxBatchBytes,
  signal: checkSignal,
};

const demuxerOptions = new Options<DemuxOptions>(demuxerChecks);

const staysHere = new StaysHere(
  'a demuxer',
  'Send the packets that it takes in an item (@arena/payloads), or open the source there',
);

/** An empty run of the stream that is read; for this package only. */
export let emptyRunOf: (demuxer: Demuxer) => VideoPackets;

/**
 * Reads batch by batch into the caller's memory. `gather` returns the bytes that the next batch needs, and
 * `takeInto` copies the batch from the demuxer into an arena.
 *
 *     while ((byteLength = await demuxer.gather()) !== null) {
 *       using unit = await writer.acquire(byteLength);
 *       unit.commit(demuxer.takeInto(unit.bytes));
 *     }
 *
 * Make one call at a time.
 */
export class Demuxer implements Disposable {
  protected readonly staysHere = staysHere.mark;
  readonly #native: NativeDemuxer;
  readonly #copy: ReadableSource['copy'];
  readonly #interruption: Interruption;
  readonly #signal: AbortSignal | undefined;
  #closed = false;

  static {
    staysHere.keep(Demuxer);
    emptyRunOf = (demuxer) => wrapPackets(demuxer.#open().emptyRun());
  }

  /** The first `gather` opens the source, and reports its errors. */
  constructor(source: MediaSource, options?: DemuxOptions) {
    const checked = demuxerOptions.check(options);
    const [start, end] = checked.timestamps ?? [-Infinity, Infinity];
    this.#signal = checked.signal;
    this.#interruption = new Interruption(checked.signal);
    const { Demuxer: NativeClass } = native();
    const { from, copy, onEnd } = readable(source);
    this.#copy = copy;
    this.#native = new NativeClass(
      from,
      {
        stream: checked.stream,
        start,
        end,
        maxPixels: checked.maxPixels ?? defaultMaxPixels,
        maxBatchBytes: checked.maxBatchBytes ?? defaultMaxBatchBytes,
      },
      this.#interruption.interrupt,
      onEnd,
    );
  }

  /**
   * Reads whole groups of pictures until the batch has `minPackets` packets or more. Does nothing while a
   * gathered batch was not taken.
   *
   * @returns The packed batch's length in bytes; null at the end of the stream.
   * @throws {ArenaError} As `demux`. Every later call then fails with the same error.
   */
  async gather(minPackets = 1): Promise<number | null> {
    checkInteger('minPackets', minPackets, 1, everyPacket);
    this.#open();
    await this.#copy?.fill();
    return await settled(this.#open().gather(minPackets), this.#signal);
  }

  /**
   * Returns the gathered batch.
   *
   * @throws {ArenaError} `ERR_ARENA_INVALID_STATE` when no batch is gathered, or while another call is
   *   running; `ERR_ARENA_CLOSED`.
   */
  async take(): Promise<VideoPackets> {
    return wrapPackets(await settled(this.#open().take(), this.#signal));
  }

  /**
   * Packs the gathered batch into `target`. `VideoPackets.from` reads such bytes.
   *
   * @returns The number of bytes, as `gather` returned it.
   * @throws {RangeError} `target` is too small. The batch stays gathered.
   * @throws {ArenaError} As `take`.
   */
  takeInto(target: Uint8Array): number {
    checkFixedBytes('target', target);
    return this.#open().takeInto(target);
  }

  /** Closes the source. A call that is running fails with `ERR_ARENA_CLOSED`. */
  close(): void {
    this.#closed = true;
    this.#interruption[Symbol.dispose]();
    this.#native.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): NativeDemuxer {
    this.#signal?.throwIfAborted();
    if (this.#closed) throw new ArenaError('ERR_ARENA_CLOSED', 'the demuxer is closed.');
    return this.#native;
  }
}

function checkTimestamps(name: string, value: unknown): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(isNumber)) {
    throw invalidType(
      `${name} must be [start, end], two numbers of seconds, got ${describe(value)}.`,
    );
  }
  const [start, end] = value as [number, number];
  if (start < end) return [start, end];
  throw invalidRange(`${name} must start before they end, got ${start} to ${end}.`);
}

const isNumber = (value: unknown): boolean => typeof value === 'number';
