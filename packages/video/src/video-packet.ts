import { checkFixedBytes, checkRoom } from './arguments.js';
import type { NativeRecord, SideData } from './native.js';
import { copyPacket, sideDataOf, type VideoPackets } from './video-packets.js';

/**
 * One compressed packet of a run. Timestamps count in the run's `timeBase`.
 *
 * A packet refers to its run. Its description stays; its bytes exist until the run is released.
 */
export class VideoPacket {
  readonly #packets: VideoPackets;
  readonly #index: number;
  /** Time at which the frame is shown; null where the container has no timestamps. */
  readonly pts: bigint | null;
  /** Time at which the packet is decoded; null where the container has no timestamps. */
  readonly dts: bigint | null;
  /** 0 when the container gives no duration. */
  readonly duration: bigint;
  /** Compressed bytes, without padding. */
  readonly byteLength: number;
  readonly isKeyframe: boolean;
  /** True when the demuxer found the packet damaged or cut off. */
  readonly isCorrupt: boolean;
  /** True for a packet that other packets need, and whose frame is not shown. */
  readonly isDiscarded: boolean;

  /** `VideoPackets` makes packets; do not call this constructor. */
  constructor(packets: VideoPackets, index: number, record: NativeRecord) {
    this.#packets = packets;
    this.#index = index;
    this.pts = record.pts;
    this.dts = record.dts;
    this.duration = record.duration;
    this.byteLength = record.byteLength;
    this.isKeyframe = record.isKeyframe;
    this.isCorrupt = record.isCorrupt;
    this.isDiscarded = record.isDiscarded;
  }

  /**
   * Copies of the data that the container or the codec adds to this packet.
   *
   * @throws {ArenaError} `ERR_ARENA_CLOSED` once the run is released.
   */
  get sideData(): readonly SideData[] {
    return sideDataOf(this.#packets, this.#index);
  }

  /**
   * Copies the compressed bytes into `target`.
   *
   * @returns `byteLength`.
   * @throws {RangeError} `target` is smaller than the packet.
   * @throws {ArenaError} `ERR_ARENA_CLOSED` once the run or its lease is released.
   */
  copyTo(target: Uint8Array): number {
    checkRoom('the packet', checkFixedBytes('target', target), this.byteLength);
    copyPacket(this.#packets, this.#index, target);
    return this.byteLength;
  }

  /** A private copy of this packet alone, to keep when its run is released. */
  clone(): VideoPackets {
    using alone = this.#packets.slice(this.#index, this.#index + 1);
    return alone.clone();
  }
}
