/** From media files to packets. */
import { fileURLToPath } from 'node:url';
import { ArenaError, invalidRange, invalidType } from '@arena/shm-core';
import { checkBytes, checkInteger, checkObject, checkSignal } from './arguments.js';
import { Interruption } from './interruption.js';
import { settled, translated } from './media-error.js';
import { type NativeDemuxer, native } from './native.js';
import { type VideoPackets, wrapPackets } from './video-packets.js';

/**
 * A path, a `file:` URL, or the bytes of a file. Bytes are read on other threads: leave them alone,
 * and do not transfer them, until demuxing has ended.
 */
export type MediaSource = string | URL | Uint8Array | ArrayBuffer;

export interface DemuxOptions {
  /** The stream's index in the container; the best video stream when absent. */
  readonly stream?: number | undefined;
  /**
   * Seconds, in the container's own timestamps: packets from the keyframe at or before `start` to
   * the last one needed before `end`.
   */
  readonly timestamps?: readonly [start: number, end: number] | undefined;
  /** Ends demuxing with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface DemuxStreamOptions extends DemuxOptions {
  /** A batch ends with the group of pictures that brings it to so many packets; 1 when absent. */
  readonly minPackets?: number | undefined;
}

const everything = 2 ** 32 - 1;

/**
 * Reads all packets of one video stream.
 *
 * @throws {ArenaError} `ERR_ARENA_MEDIA`: no media file, no such video stream, damaged or cut short;
 *   `ERR_ARENA_SYSTEM`: the file cannot be opened; `ERR_ARENA_LIBAV_MISSING`; the signal's reason.
 */
export async function demux(
  source: MediaSource,
  options: DemuxOptions = {},
): Promise<VideoPackets> {
  using demuxer = new Demuxer(source, options);
  await demuxer.gather(everything);
  return await demuxer.take();
}

/**
 * Reads the packets of one video stream batch by batch; each batch begins with a keyframe.
 *
 * A batch can be decoded by itself, but for an open group of pictures (usual in HEVC): the frames
 * shown before its keyframe need the batch before. `decode(demuxStream(...))` gives them all.
 *
 * @throws As {@link demux}.
 */
export async function* demuxStream(
  source: MediaSource,
  options: DemuxStreamOptions = {},
): AsyncGenerator<VideoPackets, void, undefined> {
  using demuxer = new Demuxer(source, options);
  const minPackets = checkInteger('minPackets', options.minPackets ?? 1, 1, everything);
  while ((await demuxer.gather(minPackets)) !== null) yield await demuxer.take();
}

/**
 * Reads batch by batch into memory of the caller's: `gather` tells how many bytes the next batch
 * takes, `takeInto` copies it right from the demuxer to its place in an arena.
 *
 *     while ((byteLength = await demuxer.gather()) !== null) {
 *       using unit = await writer.acquire(byteLength);
 *       unit.commit(demuxer.takeInto(unit.bytes));
 *     }
 *
 * One call at a time.
 */
export class Demuxer implements Disposable {
  readonly #native: NativeDemuxer;
  /** The bytes that are read, and how many there were. */
  readonly #bytes: Uint8Array | undefined;
  readonly #byteLength: number;
  readonly #interruption: Interruption;
  readonly #signal: AbortSignal | undefined;
  #closed = false;

  /** Opens the source with the first `gather`, which reports what is wrong with it. */
  constructor(source: MediaSource, options: DemuxOptions = {}) {
    checkObject('options', options);
    const opened = checkSource(source);
    this.#bytes = typeof opened === 'string' ? undefined : opened;
    this.#byteLength = this.#bytes?.byteLength ?? 0;
    const { stream } = options;
    if (stream !== undefined) checkInteger('stream', stream, 0, 2 ** 31 - 1);
    const [start, end] = checkTimestamps(options.timestamps);
    this.#signal = checkSignal(options.signal);
    this.#interruption = new Interruption(this.#signal);
    this.#native = new (native().Demuxer)(
      opened,
      { stream, start, end },
      this.#interruption.interrupt,
    );
  }

  /**
   * Reads whole groups of pictures until there are `minPackets` packets or more. Does nothing while
   * a batch waits to be taken.
   *
   * @returns The packed batch's length in bytes; null at the end of the stream.
   * @throws As {@link demux}.
   */
  async gather(minPackets = 1): Promise<number | null> {
    checkInteger('minPackets', minPackets, 1, everything);
    return await settled(this.#open().gather(minPackets), this.#signal);
  }

  /** Takes the batch that was gathered. */
  async take(): Promise<VideoPackets> {
    return wrapPackets(await settled(this.#open().take(), this.#signal));
  }

  /**
   * Packs the batch that was gathered into `target`, for `VideoPackets.from`.
   *
   * @returns How many bytes: what `gather` told.
   * @throws {RangeError} `target` is too small; the batch waits on.
   */
  takeInto(target: Uint8Array): number {
    checkBytes('target', target);
    const demuxer = this.#open();
    return translated(() => demuxer.takeInto(target));
  }

  /** Closes the source; a call under way ends with `ERR_ARENA_CLOSED`. */
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
    if (this.#closed) throw new ArenaError('ERR_ARENA_CLOSED', 'demuxer: closed before');
    if ((this.#bytes?.byteLength ?? 0) !== this.#byteLength) {
      throw new ArenaError(
        'ERR_ARENA_CLOSED',
        'demuxer: the bytes that it reads were transferred away. Leave them alone until it is closed',
      );
    }
    return this.#native;
  }
}

function checkSource(source: MediaSource): string | Uint8Array {
  if (source instanceof URL) {
    if (source.protocol !== 'file:') {
      throw invalidRange(`the source is a ${source.protocol} URL; pass a file, or its bytes`);
    }
    return fileURLToPath(source);
  }
  if (typeof source === 'string') {
    if (source === '' || source.includes('\0')) throw invalidRange('the source is no path');
    return source;
  }
  if (source instanceof ArrayBuffer) return checkBytes('source', new Uint8Array(source));
  if (source instanceof Uint8Array) return checkBytes('source', source);
  throw invalidType('the source takes a path, a file URL, a Uint8Array or an ArrayBuffer');
}

function checkTimestamps(timestamps: unknown): readonly [number, number] {
  if (timestamps === undefined) return [-Infinity, Infinity];
  if (!Array.isArray(timestamps) || timestamps.length !== 2) {
    throw invalidType('timestamps takes [start, end] in seconds');
  }
  const [start, end] = timestamps as [unknown, unknown];
  if (typeof start !== 'number' || typeof end !== 'number') {
    throw invalidType('timestamps takes two numbers of seconds');
  }
  if (!(start < end)) throw invalidRange(`timestamps are ${start} to ${end}; start before the end`);
  return [start, end];
}
