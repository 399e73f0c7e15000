import { constants } from 'node:buffer';
import { ArenaError, copyBytes } from '@arena/shm-core';
import { advance, type Decoder, type FrameTimes, readOwn } from './decoder.js';
import type { FrameShape } from './frame-format.js';
import type { Ratio } from './native.js';
import type { VideoPackets } from './video-packets.js';

/** A tensor of frames, in the order in which they are shown. */
export interface FrameBatch extends FrameTimes {
  readonly dtype: 'uint8';
  readonly shape: FrameShape;
  readonly data: Uint8Array;
}

/** Where more packets may follow, a batch of up to this size gets room for all of its frames at once. */
const roomyBytes = 2 ** 28;

/** The memory of one batch. It grows, because the number of frames is known only after decoding. */
class Room {
  #bytes = new Uint8Array(0);

  constructor(
    private readonly frameByteLength: number,
    private readonly maxBatchBytes: number,
  ) {}

  /** Number of frames that fit. */
  get frames(): number {
    return Math.floor(this.#bytes.byteLength / this.frameByteLength);
  }

  /** The memory after the first `frames` frames. */
  after(frames: number): Uint8Array {
    return this.#bytes.subarray(frames * this.frameByteLength);
  }

  first(frames: number): Uint8Array {
    return this.#bytes.subarray(0, frames * this.frameByteLength);
  }

  /**
   * Makes room for `frames` frames.
   *
   * @throws {ArenaError} `ERR_ARENA_MEDIA_TOO_LARGE`, before anything is allocated;
   *   `ERR_ARENA_OUT_OF_MEMORY`.
   */
  grow(frames: number): void {
    const needed = frames * this.frameByteLength;
    if (needed > this.maxBatchBytes) {
      throw new ArenaError(
        'ERR_ARENA_MEDIA_TOO_LARGE',
        `decode: a batch of ${frames} frames takes ${needed} bytes, more than maxBatchBytes, ${this.maxBatchBytes}. Lower frames, or width and height, or raise maxBatchBytes.`,
        { needed, maxBatchBytes: this.maxBatchBytes },
      );
    }
    const larger = allocate(needed);
    copyBytes(larger, this.#bytes);
    this.#bytes = larger;
  }
}

/** The memory is not zeroed: users see only bytes that were written. */
function allocate(byteLength: number): Uint8Array<ArrayBuffer> {
  if (byteLength <= constants.MAX_LENGTH) {
    try {
      return new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer);
    } catch {
      // Said below.
    }
  }
  throw new ArenaError(
    'ERR_ARENA_OUT_OF_MEMORY',
    `decode: no memory for a batch of ${byteLength} bytes; this Node.js takes ${constants.MAX_LENGTH} at most. Lower frames, or width and height.`,
    { needed: byteLength },
  );
}

/** Takes frames from a decoder batch by batch, and gives the decoder the packets that it needs. */
export class FrameBatches {
  /** Frames that earlier packets may still give: one for each packet. */
  #ahead = 0;

  constructor(
    private readonly decoder: Decoder,
    private readonly runs: AsyncIterator<VideoPackets, unknown>,
    private readonly frames: number,
    private readonly maxBatchBytes: number,
    /** True when the source is a single run of packets. */
    private readonly alone: boolean,
  ) {}

  push(packets: VideoPackets): void {
    this.decoder.push(packets);
    this.#ahead += packets.length;
  }

  /** The next batch, with frames of one stream; null at the end. */
  async next(): Promise<FrameBatch | null> {
    const { decoder, frames } = this;
    const room = new Room(decoder.frameByteLength, this.maxBatchBytes);
    const pts: (bigint | null)[] = [];
    let timeBase: Ratio = { num: 0, den: 1 };
    while (pts.length < frames && !decoder.ended) {
      if (pts.length > 0 && decoder.atNextStream) break;
      if (decoder.needsPackets) {
        await this.#feed();
      } else if (pts.length < room.frames) {
        const read = await readOwn(decoder, room.after(pts.length));
        if (read.pts.length > 0) timeBase = read.timeBase;
        pts.push(...read.pts);
        this.#ahead -= read.pts.length;
      } else if (decoder.frameWaits) {
        room.grow(this.#roomAfter(pts.length));
      } else {
        await advance(decoder);
      }
    }
    if (pts.length === 0) return null;
    const shape = decoder.shapeOf(pts.length);
    return { dtype: 'uint8', shape, data: room.first(pts.length), pts, timeBase };
  }

  /** Number of frames to make room for, when another frame follows the first `frames` of a batch. */
  #roomAfter(frames: number): number {
    const { frameByteLength } = this.decoder;
    const framesIn = (bytes: number) => Math.floor(bytes / frameByteLength);
    const roomy = this.alone ? 0 : framesIn(roomyBytes);
    const likely = Math.max(2 * frames, frames + this.#ahead, roomy);
    const allowed = Math.min(likely, framesIn(this.maxBatchBytes), this.frames);
    return Math.max(allowed, frames + 1);
  }

  async #feed(): Promise<void> {
    const next = await this.runs.next();
    if (next.done) this.decoder.finish();
    else this.push(next.value);
  }
}
