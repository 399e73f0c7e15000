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

/** JavaScript memory that the payload bytes lie in. */
interface BorrowedMemory {
  /** Becomes empty when the memory is taken away: a buffer transferred, a lease released. */
  readonly bytes: Uint8Array;
  /** The lease that the bytes are part of; null where they are the caller's own. */
  readonly lease: Lease | null;
  /** True when the packets alone decide how long it stays. */
  readonly owned: boolean;
}

/** Makes values from native ones; for this package only. */
export let wrapPackets: (packets: NativePackets) => VideoPackets;
/** Gives packets to a decoder, in memory that lasts until it is done; for this package only. */
export let lendPackets: (packets: VideoPackets, decoder: NativeDecoder) => void;
/** Packets over memory that somebody else takes away one day; for this package only. */
export let packetsOfBytes: (bytes: Uint8Array, lease: Lease | null) => VideoPackets;
/** One packet's side data; for this package only. */
export let sideDataOf: (packets: VideoPackets, index: number) => SideData[];
/** Copies one packet's bytes; for this package only. */
export let copyPacket: (packets: VideoPackets, index: number, target: Uint8Array) => void;

/**
 * A run of compressed packets of one video stream, in decoding order. It never changes.
 *
 * Payload bytes lie in one native block, or in the shared memory of a lease; JavaScript only ever
 * gets copies of them, so no use of this class reads memory that is gone. Slices share the memory,
 * and each of them ends by itself with `release()` (or `using`, or the garbage collector); the
 * memory goes with the last one. What describes the packets stays readable after that, their
 * bytes do not: `ERR_ARENA_CLOSED`. Keep packets beyond that as a `clone()`.
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
   * Restores what `copyTo` (or a demuxer's `takeInto`) wrote, without copying the payloads.
   *
   * @param source Packed bytes, to be left alone as long as the packets live. Or a lease on them,
   *   which passes to the packets: it is released with the last of them. Released before by others,
   *   it takes the packets' bytes away from you, but not from a decoder that has them.
   * @throws {ArenaError} `ERR_ARENA_CORRUPT`: these are no packed packets; `ERR_ARENA_INCOMPATIBLE`:
   *   another version, or another libavcodec, wrote them. A lease is released then as well.
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

  /** How many packets. */
  get length(): number {
    return this.#stream.length;
  }
  /** Compressed bytes of all packets. */
  get byteLength(): number {
    return this.#stream.byteLength;
  }
  /** What `copyTo` writes: payloads with their padding, and all that describes them, in bytes. */
  get packedByteLength(): number {
    return this.#stream.packedByteLength;
  }
  /** libav's name of the codec: `h264`, `hevc`, `vp9`, `av1`, `mjpeg` ... */
  get codec(): string {
    return this.#stream.codec;
  }
  /** libav's name of the format that frames are coded in; null where the source does not tell. */
  get pixelFormat(): string | null {
    return this.#stream.pixelFormat;
  }
  /** Pixels, before `rotation`; 0 where the source does not tell. */
  get width(): number {
    return this.#stream.width;
  }
  get height(): number {
    return this.#stream.height;
  }
  /** Seconds in which timestamps and durations count. */
  get timeBase(): Ratio {
    return this.#stream.timeBase;
  }
  /** Average frames a second; 0/1 where the source does not tell. */
  get frameRate(): Ratio {
    return this.#stream.frameRate;
  }
  /** Width of a pixel through its height; 0/1 where the source does not tell. */
  get sampleAspectRatio(): Ratio {
    return this.#stream.sampleAspectRatio;
  }
  /** Bits a second as the source declares them, else 0. */
  get bitRate(): number {
    return this.#stream.bitRate;
  }
  /** Degrees clockwise by which to turn decoded frames for display; `decode` does not. */
  get rotation(): number {
    return this.#stream.rotation;
  }
  /** The stream's index in its container. */
  get streamIndex(): number {
    return this.#stream.streamIndex;
  }
  /**
   * The seconds that were asked for when demuxing, from first to before last. Packets begin with
   * the keyframe before; `decode` gives the frames in between only.
   */
  get timestamps(): readonly [start: number, end: number] | null {
    const { windowStart, windowEnd } = this.#stream;
    return windowStart === -Infinity && windowEnd === Infinity ? null : [windowStart, windowEnd];
  }
  /** The codec's out-of-band header, a copy; empty where it has none. */
  get extradata(): Uint8Array {
    return this.#alive().extradata();
  }
  /** What the container adds to the stream, a rotation or mastering data say; copies. */
  get sideData(): readonly SideData[] {
    return this.#alive().sideData();
  }
  /** Indices of the packets that decoding can start at. */
  get keyframes(): readonly number[] {
    return this.#alive().keyframes();
  }
  /** False once released, or once the memory that they lie in is gone. */
  get active(): boolean {
    if (this.#released) return false;
    return this.#memory?.bytes.byteLength !== 0 && this.#memory?.lease?.active !== false;
  }

  /** The packet at `index`, counted from the end when negative; undefined where there is none. */
  at(index: number): VideoPacket | undefined {
    const place = Math.trunc(index) + (index < 0 ? this.length : 0);
    if (!(place >= 0 && place < this.length)) return undefined;
    return new VideoPacket(this, place, this.#alive().record(place));
  }

  *[Symbol.iterator](): IterableIterator<VideoPacket> {
    for (let i = 0; i < this.length; i++) yield this.at(i) as VideoPacket;
  }

  /**
   * Packets `start` to before `end`, as `Array.prototype.slice` counts, sharing the memory. A slice
   * that does not begin with a keyframe cannot be decoded by itself.
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
   * A private copy of these packets and the `others` behind one another.
   *
   * @throws {RangeError} They are of different streams: codec, size, time base, extradata and time
   *   window must be equal.
   */
  concat(...others: VideoPackets[]): VideoPackets {
    for (const other of others) {
      if (!(other instanceof VideoPackets)) throw invalidType('concat takes VideoPackets');
    }
    const parts = [this, ...others].map((packets) => packets.#payloads());
    return wrapPackets(native().Packets.concat(parts));
  }

  /** A private copy, which no lease ends. */
  clone(): VideoPackets {
    return this.concat();
  }

  /**
   * Packs everything into `target` with one copy: an open unit of an arena, say.
   *
   * @returns `packedByteLength`, the number of bytes written.
   * @throws {RangeError} `target` is smaller.
   */
  copyTo(target: Uint8Array): number {
    checkRoom('video packets', checkFixedBytes('target', target), this.packedByteLength);
    this.#payloads().packInto(target);
    return this.packedByteLength;
  }

  /** Gives the memory back, unless slices or decoders still need it. A second call does nothing. */
  release(): void {
    if (this.#released) return;
    this.#described ??= this.#native.describe();
    this.#released = true;
    this.#native.dispose();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** Asked for once, and kept beyond the release. */
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

  /** The decoder's threads read on while others may take the memory away. */
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

  /** This is intentional: nothing keeps the caller's bytes from being transferred meanwhile. */
  #lendCopy(decoder: NativeDecoder): void {
    const copy = native().Packets.concat([this.#native]);
    try {
      decoder.push(copy);
    } finally {
      copy.dispose();
    }
  }
}

/** Holds a lease, whoever releases it; what returns ends both. */
function endingOf(lease: Lease): () => void {
  const endHold = lease.hold();
  return () => {
    endHold();
    lease.release();
  };
}
