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
  /**
   * Pixels. When both are absent, the packets' own size; when one is absent, it follows from the other in
   * proportion.
   */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Number of decoding threads; 2 when absent. */
  readonly threads?: number | undefined;
  /** Aborting it ends the decoding with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** When frames are shown. */
export interface FrameTimes {
  /** One timestamp per frame in units of `timeBase`; null where the stream has none. */
  readonly pts: readonly (bigint | null)[];
  readonly timeBase: Ratio;
}

/** Frames that were written into the caller's memory, one after the other. */
export interface DecodedInto extends FrameTimes {
  readonly shape: FrameShape;
  readonly byteLength: number;
  /** False when more frames follow, for which the target had no room. */
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

/** Decodes up to the next frame and keeps that frame for `read`; for this package only. */
export let advance: (decoder: Decoder) => Promise<void>;
/** As `read`, into memory that no other code has; for this package only. */
export let readOwn: (decoder: Decoder, target: Uint8Array) => Promise<FrameTimes>;

const optionsOfAny = new Options<DecoderOptions>(decoderChecks);
const optionsWithSize = new Options<DecoderOptions & FrameSize>({
  ...decoderChecks,
  width: required(decoderChecks.width),
  height: required(decoderChecks.height),
});

/**
 * A decoder that you drive step by step: `push` packets, then `read` frames into your own memory until
 * `needsPackets`, and repeat both. Call `finish` after the last packets. Make one call at a time.
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

  /** A decoder whose frames have the size of these packets, unless the options give another size. */
  static for(packets: VideoPackets, options: DecoderOptions): Decoder {
    if (!(packets instanceof VideoPackets)) throw invalidType('decode takes VideoPackets.');
    return new Decoder({ ...options, ...frameSizeOf(packets, optionsOfAny.check(options)) });
  }

  /** True when `read` gives no more frames until `push` or `finish` was called. */
  get needsPackets(): boolean {
    return this.#state === 'needs-packets';
  }
  /** True when every frame was read. */
  get ended(): boolean {
    return this.#state === 'ended';
  }
  /** True when `read` ended because the target had no room for the next frame. */
  get frameWaits(): boolean {
    return this.#state === 'no-room';
  }
  /** True when the next frame comes from another stream than the last one. */
  get atNextStream(): boolean {
    return this.#state === 'next-stream';
  }

  /** The shape of a tensor of `frames` frames. */
  shapeOf(frames: number): FrameShape {
    return frameShape(this.format, this, frames);
  }

  /**
   * Adds packets after the earlier ones. You may release them as soon as this returns.
   *
   * @throws {ArenaError} `ERR_ARENA_MEDIA_TOO_LARGE`: their pictures have more than `maxPixels`;
   *   `ERR_ARENA_INVALID_STATE`: after `finish`, or while `read` is under way; `ERR_ARENA_CLOSED`.
   */
  push(packets: VideoPackets): void {
    if (!(packets instanceof VideoPackets)) throw invalidType('push takes VideoPackets.');
    lendPackets(packets, this.#open());
    this.#state = 'ready';
  }

  /** Call this after the last packets. */
  finish(): void {
    this.#open().finish();
    this.#state = 'ready';
  }

  /**
   * Writes frames of one stream into `target`, until the next frame does not fit, the stream ends, or more
   * packets are needed.
   *
   * @param target The caller's memory. Other threads fill the bytes of an open unit in place; the unit is
   *   held, and cannot be committed until the promise has settled. This thread copies frames into any other
   *   memory.
   * @throws {RangeError} `target` has no room for one frame.
   * @throws {ArenaError} As `decode`; `ERR_ARENA_UNIT_ENDED`: during the call the target's unit was aborted
   *   or moved, or its arena was closed; `ERR_ARENA_MOVED`: during the call the target was transferred away.
   *   After such an error the decoder cannot be used.
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

  /** Ends the decoder. A `read` that is running fails with `ERR_ARENA_CLOSED`. */
  close(): void {
    this.#closed = true;
    this.#interruption[Symbol.dispose]();
    this.#native.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @param stays True when the target's memory cannot be taken away during the call. */
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
