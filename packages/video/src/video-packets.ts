import { ArenaError, type Lease } from '@arena/shm-core';
import { describe, invalidType, StaysHere } from '@arena/shm-core/internal';
import { checkFixedBytes, checkRoom } from './arguments.js';
import {
  type NativeDecoder,
  type NativePackets,
  type NativeStream,
  native,
  type Ratio,
  type SideData,
} from './native.js';
import { VideoPacket } from './video-packet.js';

const staysHere = new StaysHere(
  'a run of video packets',
  'Send it in an item (@arena/payloads), or send its packed bytes: packets.copyTo(bytes)',
);

/** JavaScript memory that holds the payload bytes. */
interface BorrowedMemory {
  /** Becomes empty when its buffer is transferred or its lease released. */
  readonly bytes: Uint8Array;
  /** The lease of the bytes; null when the bytes are the caller's own. */
  readonly lease: Lease | null;
  /** True when only the packets decide how long the memory stays. */
  readonly owned: boolean;
}

/** Makes values from native ones; for this package only. */
export let wrapPackets: (packets: NativePackets) => VideoPackets;
/** Gives packets to a decoder, in memory that stays until the decoder is done; for this package only. */
export let lendPackets: (packets: VideoPackets, decoder: NativeDecoder) => void;
/** Packets over memory that other code may take away; for this package only. */
export let packetsOfBytes: (bytes: Uint8Array, lease: Lease | null) => VideoPackets;
/** One packet's side data; for this package only. */
export let sideDataOf: (packets: VideoPackets, index: number) => SideData[];
/** Copies one packet's bytes; for this package only. */
export let copyPacket: (packets: VideoPackets, index: number, target: Uint8Array) => void;

/**
 * A run of compressed packets of one video stream, in decoding order. It never changes.
 *
 * Payload bytes lie in one native block, or in the shared memory of a lease. JavaScript gets copies of them
 * only, so no use of this class reads freed memory. Slices share the memory. Each slice ends with its own
 * `release()` (or `using`, or the garbage collector), and the memory is freed with the last one. After the
 * release the description of the packets stays readable, and reading their bytes fails with
 * `ERR_ARENA_CLOSED`. To keep packets for longer, `clone()` them.
 */
export class VideoPackets implements Iterable<VideoPacket>, Disposable {
  protected readonly staysHere = staysHere.mark;
  readonly #native: NativePackets;
  #described: NativeStream | undefined;
  readonly #memory: BorrowedMemory | null;
  #released = false;

  static {
    staysHere.keep(VideoPackets);
    wrapPackets = (packets) => new VideoPackets(packets, null);
    lendPackets = (packets, decoder) => packets.#lend(decoder);
    sideDataOf = (packets, index) => packets.#alive().sideData(index);
    copyPacket = (packets, index, target) => packets.#payloads().copyPayload(index, target);
    packetsOfBytes = (bytes, lease) =>
      new VideoPackets(native().Packets.unpack(bytes, undefined), { bytes, lease, owned: false });
  }

  private constructor(packets: NativePackets, memory: BorrowedMemory | null) {
    this.#native = packets;
    this.#memory = memory;
  }

  /**
   * Makes packets of the bytes that `copyTo` (or a demuxer's `takeInto`) wrote, without copying the payloads.
   *
   * @param source Packed bytes, which you must not change while the packets live. Or a lease on packed bytes:
   *   it passes to the packets, and their last release releases the lease. When other code releases the lease
   *   earlier, the packets lose their bytes, but a decoder that has them keeps them.
   * @throws {ArenaError} `ERR_ARENA_CORRUPT`: the bytes are no packed packets; `ERR_ARENA_INCOMPATIBLE`:
   *   another version, or another libavcodec, wrote them. Such an error releases the lease.
   */
  static from(source: Uint8Array | Lease): VideoPackets {
    if (source instanceof Uint8Array)
      return packetsOfBytes(checkFixedBytes('source', source), null);
    if (typeof source?.release !== 'function' || typeof source.hold !== 'function') {
      throw invalidType(`source must be a Uint8Array or a lease, got ${describe(source)}.`);
    }
    const { bytes } = source;
    const packets = native().Packets.unpack(bytes, endingOf(source));
    return new VideoPackets(packets, { bytes, lease: source, owned: true });
  }

  /** Number of packets. */
  get length(): number {
    return this.#stream.length;
  }
  /** Compressed bytes of all packets. */
  get byteLength(): number {
    return this.#stream.byteLength;
  }
  /** Number of bytes that `copyTo` writes: payloads with their padding, and the description. */
  get packedByteLength(): number {
    return this.#stream.packedByteLength;
  }
  /** libav's name of the codec: `h264`, `hevc`, `vp9`, `av1`, `mjpeg` ... */
  get codec(): string {
    return this.#stream.codec;
  }
  /** libav's name of the pixel format of the coded frames; null when the source gives none. */
  get pixelFormat(): string | null {
    return this.#stream.pixelFormat;
  }
  /** Pixels, before `rotation`; 0 when the source gives no size. */
  get width(): number {
    return this.#stream.width;
  }
  get height(): number {
    return this.#stream.height;
  }
  /** Length of one unit of timestamps and durations, in seconds. */
  get timeBase(): Ratio {
    return this.#stream.timeBase;
  }
  /** Average frames a second; 0/1 when the source gives none. */
  get frameRate(): Ratio {
    return this.#stream.frameRate;
  }
  /** Width of a pixel divided by its height; 0/1 when the source gives none. */
  get sampleAspectRatio(): Ratio {
    return this.#stream.sampleAspectRatio;
  }
  /** Bits a second as the source declares them, else 0. */
  get bitRate(): number {
    return this.#stream.bitRate;
  }
  /** Degrees clockwise by which to turn decoded frames for display. `decode` does not turn them. */
  get rotation(): number {
    return this.#stream.rotation;
  }
  /** The stream's index in its container. */
  get streamIndex(): number {
    return this.#stream.streamIndex;
  }
  /**
   * The `timestamps` of demuxing, in seconds: from the first up to, not including, the second. Packets begin
   * with the last keyframe at or before the first. `decode` gives only the frames within.
   */
  get timestamps(): readonly [start: number, end: number] | null {
    const { windowStart, windowEnd } = this.#stream;
    return windowStart === -Infinity && windowEnd === Infinity ? null : [windowStart, windowEnd];
  }
  /** The codec's out-of-band header, a copy; empty where it has none. */
  get extradata(): Uint8Array {
    return this.#alive().extradata();
  }
  /** Copies of the data that the container adds to the stream, for instance a rotation or mastering data. */
  get sideData(): readonly SideData[] {
    return this.#alive().sideData();
  }
  /** Indices of the packets at which decoding can start. */
  get keyframes(): readonly number[] {
    return this.#alive().keyframes();
  }
  /** False once the packets were released, or their memory was taken away. */
  get active(): boolean {
    if (this.#released) return false;
    return this.#memory?.bytes.byteLength !== 0 && this.#memory?.lease?.active !== false;
  }

  /** The packet at `index`; a negative index counts from the end. Undefined when there is no such packet. */
  at(index: number): VideoPacket | undefined {
    const place = Math.trunc(index) + (index < 0 ? this.length : 0);
    if (!(place >= 0 && place < this.length)) return undefined;
    return new VideoPacket(this, place, this.#alive().record(place));
  }

  *[Symbol.iterator](): IterableIterator<VideoPacket> {
    for (let i = 0; i < this.length; i++) yield this.at(i) as VideoPacket;
  }

  /**
   * Packets from `start` up to, not including, `end`, as `Array.prototype.slice` counts. They share the
   * memory. A slice that does not begin with a keyframe cannot be decoded alone.
   */
  slice(start = 0, end = this.length): VideoPackets {
    const clamp = (index: number) => {
      const place = Math.trunc(index) || 0;
      return Math.max(0, Math.min(place < 0 ? place + this.length : place, this.length));
    };
    const [first, last] = [clamp(start), clamp(end)];
    return new VideoPackets(this.#alive().slice(first, Math.max(first, last)), this.#memory);
  }

  /**
   * A private copy of these packets, followed by the `others`.
   *
   * @throws {RangeError} The packets are of different streams. Codec, size, time base, extradata and time
   *   window must be equal.
   */
  concat(...others: VideoPackets[]): VideoPackets {
    for (const other of others) {
      if (!(other instanceof VideoPackets)) throw invalidType('concat takes VideoPackets');
    }
    const parts = [this, ...others].map((packets) => packets.#payloads());
    return wrapPackets(native().Packets.concat(parts));
  }

  /** A private copy, which depends on no lease. */
  clone(): VideoPackets {
    return this.concat();
  }

  /**
   * Packs payloads and description into `target`, for instance an open unit of an arena. Each payload is
   * copied once.
   *
   * @returns `packedByteLength`, the number of bytes written.
   * @throws {RangeError} `target` is smaller.
   */
  copyTo(target: Uint8Array): number {
    checkRoom('video packets', checkFixedBytes('target', target), this.packedByteLength);
    this.#payloads().packInto(target);
    return this.packedByteLength;
  }

  /** Gives the memory back once slices and decoders no longer need it. A second call does nothing. */
  release(): void {
    if (this.#released) return;
    this.#described ??= this.#native.describe();
    this.#released = true;
    this.#native.dispose();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** Read once, and kept after the release. */
  get #stream(): NativeStream {
    this.#described ??= this.#native.describe();
    return this.#described;
  }

  #alive(): NativePackets {
    if (this.#released) throw new ArenaError('ERR_ARENA_CLOSED', 'video packets: released before');
    return this.#native;
  }

  #payloads(): NativePackets {
    const packets = this.#alive();
    if (!this.active) {
      throw new ArenaError(
        'ERR_ARENA_CLOSED',
        'video packets: the memory that they lie in was released before. Clone what is kept longer',
      );
    }
    return packets;
  }

  /** The decoder's threads may still read when other code takes the memory away. */
  #lend(decoder: NativeDecoder): void {
    const packets = this.#payloads();
    const { bytes, lease, owned } = this.#memory ?? { owned: true };
    if (owned) decoder.push(packets);
    else if (lease) this.#lendHeld(decoder, bytes, lease);
    else this.#lendCopy(decoder);
  }

  #lendHeld(decoder: NativeDecoder, bytes: Uint8Array, lease: Lease): void {
    const endHold = lease.hold();
    try {
      decoder.push(this.#native, bytes, endHold);
    } catch (error) {
      endHold();
      throw error;
    }
  }

  /** This is intentional: the caller's bytes could be transferred during the decoding. */
  #lendCopy(decoder: NativeDecoder): void {
    const copy = native().Packets.concat([this.#native]);
    try {
      decoder.push(copy);
    } finally {
      copy.dispose();
    }
  }
}

/** Holds a lease, also when other code releases it. The returned function ends the hold and the lease. */
function endingOf(lease: Lease): () => void {
  const endHold = lease.hold();
  return () => {
    endHold();
    lease.release();
  };
}
