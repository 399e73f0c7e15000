import { ArenaError } from '@arena/shm-core';
import {
  checkSignal,
  holdUnitOf,
  integer,
  invalidType,
  Options,
  oneOf,
  required,
  StaysHere,
} from '@arena/shm-core/internal';
import { checkFixedBytes, checkRoom } from './arguments.js';
import {
  type FrameFormat,
  type FrameShape,
  type FrameSize,
  frameFormats,
  frameShape,
  frameSizeOf,
} from './frame-format.js';
import { Interruption } from './interruption.js';
import { checkMaxPixels, defaultMaxPixels, type PictureLimits } from './memory-limits.js';
import { type NativeDecoder, type NativeRead, native, type Ratio } from './native.js';
import { settled } from './settled.js';
import { lendPackets, VideoPackets } from './video-packets.js';

export interface DecoderOptions extends PictureLimits {
  readonly format: FrameFormat;
  /** Pixels. The packets' own size when both are absent; in proportion when one is. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Threads that decode; 2 when absent. */
  readonly threads?: number | undefined;
  /** Ends decoding with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** When frames are shown. */
export interface FrameTimes {
  /** One timestamp per frame in units of `timeBase`; null where the stream has none. */
  readonly pts: readonly (bigint | null)[];
  readonly timeBase: Ratio;
}

/** Frames that were written into the caller's memory, one behind the other. */
export interface DecodedInto extends FrameTimes {
  readonly shape: FrameShape;
  readonly byteLength: number;
  /** False when there are more frames than the target had room for. */
  readonly ended: boolean;
}

const noRoom = new Uint8Array(0);
const mostPixelsPerSide = 2 ** 16;

export const decoderChecks = {
  format: required(oneOf(frameFormats)),
  width: integer(1, mostPixelsPerSide),
  height: integer(1, mostPixelsPerSide),
  threads: integer(1, 64),
  maxPixels: checkMaxPixels,
  signal: checkSignal,
};

const staysHere = new StaysHere('a decoder', 'Send the frames that it writes, or decode there');

/** Decodes up to the next frame, and leaves it there; for this package only. */
export let advance: (decoder: Decoder) => Promise<void>;
/** As `read`, into memory that nobody else knows; for this package only. */
export let readOwn: (decoder: Decoder, target: Uint8Array) => Promise<FrameTimes>;

const optionsOfAny = new Options<DecoderOptions>(decoderChecks);
const optionsWithSize = new Options<DecoderOptions & FrameSize>({
  ...decoderChecks,
  width: required(decoderChecks.width),
  height: required(decoderChecks.height),
});

/**
 * A decoder to feed and to drain by hand: `push` packets, `read` frames into memory of one's own
 * until `needsPackets`, and again; `finish` when no packets follow. One call at a time.
 */
export class Decoder implements Disposable {
  protected readonly staysHere = staysHere.mark;
  readonly format: FrameFormat;
  readonly width: number;
  readonly height: number;
  /** Bytes of one frame. */
  readonly frameByteLength: number;
  readonly #native: NativeDecoder;
  readonly #interruption: Interruption;
  readonly #signal: AbortSignal | undefined;
  #closed = false;
  #state: NativeRead['state'] | 'ready' = 'needs-packets';

  static {
    staysHere.keep(Decoder);
    advance = async (decoder) => void (await decoder.#read(noRoom, true));
    readOwn = async (decoder, target) => await decoder.#read(target, true);
  }

  constructor(options: DecoderOptions & FrameSize) {
    const {
      format,
      width,
      height,
      threads = 2,
      maxPixels,
      signal,
    } = optionsWithSize.check(options);
    this.format = format;
    this.width = width;
    this.height = height;
    this.frameByteLength = frameShape(format, this, 1).reduce((product, side) => product * side, 1);
    this.#signal = signal;
    this.#interruption = new Interruption(signal);
    const { interrupt } = this.#interruption;
    const most = maxPixels ?? defaultMaxPixels;
    this.#native = new (native().Decoder)(format, width, height, threads, most, interrupt);
  }

  /** A decoder whose frames have the size of these packets', unless the options tell another. */
  static for(packets: VideoPackets, options: DecoderOptions): Decoder {
    if (!(packets instanceof VideoPackets)) throw invalidType('decode takes VideoPackets.');
    return new Decoder({ ...options, ...frameSizeOf(packets, optionsOfAny.check(options)) });
  }

  /** True when `read` gives no more frames until packets are pushed, or it is told the end. */
  get needsPackets(): boolean {
    return this.#state === 'needs-packets';
  }
  /** True when every frame was read. */
  get ended(): boolean {
    return this.#state === 'ended';
  }
  /** True when `read` ended with a frame that it had no room for. */
  get frameWaits(): boolean {
    return this.#state === 'no-room';
  }
  /** True when the next frame is of another stream than the last one. */
  get atNextStream(): boolean {
    return this.#state === 'next-stream';
  }

  /** The shape of so many frames. */
  shapeOf(frames: number): FrameShape {
    return frameShape(this.format, this, frames);
  }

  /**
   * Adds packets behind the ones before. They may be released right after that.
   *
   * @throws {ArenaError} `ERR_ARENA_MEDIA_TOO_LARGE`: their pictures have more than `maxPixels`;
   *   `ERR_ARENA_INVALID_STATE`: after `finish`, or while `read` is under way; `ERR_ARENA_CLOSED`.
   */
  push(packets: VideoPackets): void {
    if (!(packets instanceof VideoPackets)) throw invalidType('push takes VideoPackets.');
    lendPackets(packets, this.#open());
    this.#state = 'ready';
  }

  /** Says that no packets follow. */
  finish(): void {
    this.#open().finish();
    this.#state = 'ready';
  }

  /**
   * Writes frames of one stream into `target` until it has no room for another, the stream ends or
   * packets are needed.
   *
   * @param target Memory of the caller's. The bytes of an open unit are held, and filled in place from
   *   other threads: the unit cannot be committed until the promise settles. Other memory is filled by
   *   a copy on this thread.
   * @throws {RangeError} `target` has no room for one frame.
   * @throws {ArenaError} As `decode`; `ERR_ARENA_UNIT_ENDED`: the target's unit was given up or moved
   *   meanwhile, or its arena closed; `ERR_ARENA_MOVED`: the target was transferred away meanwhile. The decoder
   *   cannot be used on then.
   */
  async read(target: Uint8Array): Promise<DecodedInto> {
    checkRoom('one frame', checkFixedBytes('target', target), this.frameByteLength);
    const endHold = holdUnitOf(target);
    try {
      const { pts, timeBase } = await this.#read(target, endHold !== undefined);
      if (endHold && target.byteLength === 0) throw unitGone();
      const shape = this.shapeOf(pts.length);
      const byteLength = pts.length * this.frameByteLength;
      return { shape, byteLength, pts, timeBase, ended: this.ended };
    } finally {
      endHold?.();
    }
  }

  /** Ends the decoder; a read under way ends with `ERR_ARENA_CLOSED`. */
  close(): void {
    this.#closed = true;
    this.#interruption[Symbol.dispose]();
    this.#native.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @param stays Nobody can take the target's memory away meanwhile. */
  async #read(target: Uint8Array, stays: boolean): Promise<NativeRead> {
    const read = await settled(this.#open().read(target, stays), this.#signal);
    this.#state = read.state;
    return read;
  }

  #open(): NativeDecoder {
    this.#signal?.throwIfAborted();
    if (this.#closed) throw new ArenaError('ERR_ARENA_CLOSED', 'the decoder is closed.');
    return this.#native;
  }
}

const unitGone = (): ArenaError =>
  new ArenaError(
    'ERR_ARENA_UNIT_ENDED',
    'decode: the unit that frames were written to was given up or moved meanwhile, or its arena closed. Await the frames first.',
  );
