/** From packets to pictures in tensors. */
import { ArenaError, invalidRange, invalidType } from '@arena/shm-core';
import { checkBytes, checkInteger, checkObject, checkRoom, checkSignal } from './arguments.js';
import { Interruption } from './interruption.js';
import { settled, translated } from './media-error.js';
import { type NativeDecoder, type NativeRead, native, type Ratio } from './native.js';
import { lendPackets, VideoPackets } from './video-packets.js';

/**
 * How pictures lie in a tensor of uint8, behind the dimension of the frames:
 *
 * - `rgb24`: `[height, width, 3]`
 * - `gray`: `[height, width, 1]`
 * - `yuv420p`: `[height * 3 / 2, width, 1]`; the Y plane, then U and V at half the width and height.
 *   Width and height are even.
 */
export type FrameFormat = 'yuv420p' | 'rgb24' | 'gray';

/** The shape of a tensor of frames; its height is that of {@link FrameFormat}. */
export type FrameShape = readonly [frames: number, height: number, width: number, channels: number];

export interface DecoderOptions {
  readonly format: FrameFormat;
  /** Pixels. The packets' own size when both are absent; in proportion when one is. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Threads that decode; 2 when absent. */
  readonly threads?: number | undefined;
  /** Ends decoding with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface DecodeOptions extends DecoderOptions {
  /** Most frames of a batch; 8 when absent. */
  readonly frames?: number | undefined;
}

/** When frames are shown. */
export interface FrameTimes {
  /** One timestamp per frame in units of `timeBase`; null where the stream has none. */
  readonly pts: readonly (bigint | null)[];
  readonly timeBase: Ratio;
}

/** A tensor of frames, in the order in which they are shown. */
export interface FrameBatch extends FrameTimes {
  readonly dtype: 'uint8';
  readonly shape: FrameShape;
  readonly data: Uint8Array;
}

/** Frames that were written into the caller's memory, one behind the other. */
export interface DecodedInto extends FrameTimes {
  readonly shape: FrameShape;
  readonly byteLength: number;
  /** False when there are more frames than the target had room for. */
  readonly ended: boolean;
}

/** Runs of packets, one after the other. */
export type PacketSource = VideoPackets | Iterable<VideoPackets> | AsyncIterable<VideoPackets>;

/**
 * Decodes packets on other threads, as tensors of up to `frames` frames. Every frame has the size
 * of the first run's (or the one asked for), whatever comes after.
 *
 * Runs of one stream are decoded as one; a run of another stream starts anew, and in another batch.
 * Frames outside the runs' `timestamps` are left out. Frames are not turned by `rotation`.
 *
 * @throws {ArenaError} `ERR_ARENA_MEDIA`: damaged packets, or libav has no decoder for the codec;
 *   `ERR_ARENA_CLOSED`: packets were released before they were decoded; the signal's reason.
 */
export async function* decode(
  packets: PacketSource,
  options: DecodeOptions,
): AsyncGenerator<FrameBatch, void, undefined> {
  checkOptions(options);
  const frames = checkInteger('frames', options.frames ?? 8, 1, 65536);
  const runs = runsOf(packets)[Symbol.asyncIterator]();
  try {
    const first = await runs.next();
    if (first.done) return;
    using decoder = Decoder.for(first.value, options);
    decoder.push(first.value);
    for (;;) {
      const batch = await decoder.readBatch(frames, () => runs.next());
      if (batch === null) return;
      yield batch;
    }
  } finally {
    await runs.return?.();
  }
}

/**
 * Decodes packets into `target`, as many frames as it has room for.
 *
 * @param target Memory of the caller's: an open unit's bytes, say. It is filled from other threads;
 *   leave it alone, and do not transfer, commit or release it, until the promise settles.
 * @throws {RangeError} `target` has no room for one frame.
 * @throws As {@link decode}.
 */
export async function decodeInto(
  packets: VideoPackets,
  target: Uint8Array,
  options: DecoderOptions,
): Promise<DecodedInto> {
  checkOptions(options);
  using decoder = Decoder.for(packets, options);
  decoder.push(packets);
  decoder.finish();
  return await decoder.read(target);
}

/**
 * A decoder to feed and to drain by hand: `push` packets, `read` frames into memory of one's own
 * until `needsPackets`, and again; `finish` when no packets follow. One call at a time.
 */
export class Decoder implements Disposable {
  readonly format: FrameFormat;
  readonly width: number;
  readonly height: number;
  readonly #native: NativeDecoder;
  readonly #interruption: Interruption;
  readonly #signal: AbortSignal | undefined;
  #closed = false;
  #state: NativeRead['state'] = 'needs-packets';

  constructor(options: DecoderOptions & { readonly width: number; readonly height: number }) {
    checkOptions(options);
    this.format = options.format;
    this.width = checkInteger('width', options.width, 1, 16384);
    this.height = checkInteger('height', options.height, 1, 16384);
    const threads = checkInteger('threads', options.threads ?? 2, 1, 64);
    this.#signal = options.signal;
    this.#interruption = new Interruption(this.#signal);
    const { interrupt } = this.#interruption;
    this.#native = translated(
      () => new (native().Decoder)(this.format, this.width, this.height, threads, interrupt),
    );
  }

  /** A decoder whose frames have the size of these packets', unless the options tell another. */
  static for(packets: VideoPackets, options: DecoderOptions): Decoder {
    if (!(packets instanceof VideoPackets)) throw invalidType('decode takes VideoPackets');
    return new Decoder({ ...options, ...sizeOf(packets, options) });
  }

  /** Bytes of one frame. */
  get frameByteLength(): number {
    return this.shapeOf(1).reduce((product, extent) => product * extent, 1);
  }
  /** True when `read` gives no more frames until packets are pushed, or it is told the end. */
  get needsPackets(): boolean {
    return this.#state === 'needs-packets';
  }
  /** True when every frame was read. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** The shape of so many frames. */
  shapeOf(frames: number): FrameShape {
    const rows = this.format === 'yuv420p' ? (this.height * 3) / 2 : this.height;
    return [frames, rows, this.width, this.format === 'rgb24' ? 3 : 1];
  }

  /** Adds packets behind the ones before. They may be released right after that. */
  push(packets: VideoPackets): void {
    if (!(packets instanceof VideoPackets)) throw invalidType('push takes VideoPackets');
    const decoder = this.#open();
    translated(() => lendPackets(packets, decoder));
    this.#state = 'more';
  }

  /** Says that no packets follow. */
  finish(): void {
    const decoder = this.#open();
    translated(() => decoder.finish());
    this.#state = 'more';
  }

  /**
   * Writes frames of one stream into `target` until it has no room for another, the stream ends or
   * packets are needed.
   *
   * @param target As for {@link decodeInto}.
   * @throws As {@link decodeInto}; the decoder cannot be used on then.
   */
  async read(target: Uint8Array): Promise<DecodedInto> {
    checkRoom('one frame', checkBytes('target', target), this.frameByteLength);
    const { state, pts, timeBase } = await settled(this.#open().read(target), this.#signal);
    this.#state = state;
    const shape = this.shapeOf(pts.length);
    const byteLength = pts.length * this.frameByteLength;
    return { shape, byteLength, pts, timeBase, ended: this.ended };
  }

  /**
   * Reads a tensor of up to `frames` frames, asking `more` for packets when they are needed.
   *
   * @returns Null at the end.
   */
  async readBatch(
    frames: number,
    more: () => Promise<IteratorResult<VideoPackets, unknown>>,
  ): Promise<FrameBatch | null> {
    const data = allocate(frames * this.frameByteLength);
    const pts: (bigint | null)[] = [];
    let timeBase: Ratio = { num: 0, den: 1 };
    while (pts.length < frames && !this.ended) {
      const read = await this.read(data.subarray(pts.length * this.frameByteLength));
      if (read.pts.length > 0) timeBase = read.timeBase;
      pts.push(...read.pts);
      // Another stream begins.
      if (pts.length > 0 && this.#state === 'more') break;
      if (this.needsPackets) {
        const next = await more();
        if (next.done) this.finish();
        else this.push(next.value);
      }
    }
    if (pts.length === 0) return null;
    const shape = this.shapeOf(pts.length);
    const used = data.subarray(0, pts.length * this.frameByteLength);
    return { dtype: 'uint8', shape, data: used, pts, timeBase };
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

  #open(): NativeDecoder {
    this.#signal?.throwIfAborted();
    if (this.#closed) throw new ArenaError('ERR_ARENA_CLOSED', 'decoder: closed before');
    return this.#native;
  }
}

const formats: readonly string[] = ['yuv420p', 'rgb24', 'gray'] satisfies FrameFormat[];

function checkOptions(options: DecoderOptions): void {
  checkObject('options', options);
  checkSignal(options.signal);
  if (!formats.includes(options.format)) {
    throw invalidRange(`format is ${String(options.format)}; it takes ${formats.join(', ')}`);
  }
}

function sizeOf(packets: VideoPackets, options: DecoderOptions): { width: number; height: number } {
  const { width, height } = options;
  if (width !== undefined && height !== undefined) return { width, height };
  if (packets.width === 0 || packets.height === 0) {
    throw new ArenaError(
      'ERR_ARENA_MEDIA',
      'decode: the packets do not tell the size of their frames. Pass width and height',
    );
  }
  const ratio = packets.width / packets.height;
  if (width !== undefined) return { width, height: toEven(width / ratio) };
  if (height !== undefined) return { width: toEven(height * ratio), height };
  return { width: packets.width, height: packets.height };
}

const toEven = (pixels: number) => Math.max(2, Math.round(pixels / 2) * 2);

/** Not zeroed: every byte of it is written, or not shown. */
function allocate(byteLength: number): Uint8Array {
  const { buffer } = Buffer.allocUnsafeSlow(byteLength);
  return new Uint8Array(buffer);
}

async function* runsOf(packets: PacketSource): AsyncGenerator<VideoPackets, void, undefined> {
  if (packets instanceof VideoPackets) yield packets;
  else yield* packets;
}
