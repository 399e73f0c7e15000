/** Loads the addon when video is first used, and declares what it exports. */
import { createRequire } from 'node:module';
import { ArenaError, type ArenaErrorCode, whyUnsupported } from '@arena/shm-core';
import { type AddonSource, invalidRange, isLack, loadAddon } from '@arena/shm-core/internal';
import { libavsHere, missing } from './libav-missing.js';

export interface Ratio {
  readonly num: number;
  readonly den: number;
}

export interface NativeStream {
  readonly length: number;
  readonly byteLength: number;
  readonly packedByteLength: number;
  readonly codec: string;
  readonly pixelFormat: string | null;
  readonly width: number;
  readonly height: number;
  readonly streamIndex: number;
  readonly bitRate: number;
  readonly timeBase: Ratio;
  readonly frameRate: Ratio;
  readonly sampleAspectRatio: Ratio;
  readonly rotation: number;
  readonly windowStart: number;
  readonly windowEnd: number;
}

/** Data that a container or codec adds to a packet or stream, beside the compressed bytes. */
export interface SideData {
  /** libav's name of it, for instance `Display Matrix`. */
  readonly type: string;
  /** A copy. */
  readonly data: Uint8Array;
}

export interface NativeRecord {
  readonly pts: bigint | null;
  readonly dts: bigint | null;
  readonly duration: bigint;
  readonly byteLength: number;
  readonly isKeyframe: boolean;
  readonly isCorrupt: boolean;
  readonly isDiscarded: boolean;
}

export interface NativePackets {
  describe(): NativeStream;
  extradata(): Uint8Array;
  record(index: number): NativeRecord;
  keyframes(): number[];
  /** Side data of the packet at `index`; without `index`, of the stream. */
  sideData(index?: number): SideData[];
  slice(start: number, end: number): NativePackets;
  copyPayload(index: number, target: Uint8Array): void;
  packInto(target: Uint8Array): void;
  /** Drops this holder. The memory is freed with the last holder; decoders are holders as well. */
  dispose(): void;
}

/** Versions of the libraries, as `59.37.100`. */
export interface LibavVersions {
  readonly libavformat: string;
  readonly libavcodec: string;
  readonly libavutil: string;
  readonly libswscale: string;
}

export interface NativeInterrupt {
  fire(): void;
}

export interface NativeDemuxer {
  /**
   * Opens the source at the first call. Resolves to the packed length of the batch, or to null at the end.
   */
  gather(minPackets: number): Promise<number | null>;
  take(): Promise<NativePackets>;
  /** An empty run of the source's stream; callable after `gather`. */
  emptyRun(): NativePackets;
  takeInto(target: Uint8Array): number;
  close(): void;
}

export interface NativeRead {
  readonly state: 'no-room' | 'next-stream' | 'needs-packets' | 'ended';
  readonly pts: (bigint | null)[];
  readonly timeBase: Ratio;
}

export interface NativeDecoder {
  /** The packets lie in `bytes`. `onEnd` is called once no libav thread needs them any more. */
  push(packets: NativePackets, bytes?: Uint8Array, onEnd?: () => void): void;
  finish(): void;
  /**
   * Writes whole pictures into `target`. With `stays` the memory cannot be taken away, and another thread
   * writes to it directly. Otherwise the pictures go through native memory.
   */
  read(target: Uint8Array, stays: boolean): Promise<NativeRead>;
  close(): void;
}

export interface NativeAddon {
  /** Of the package that the addon was built for. */
  readonly version: string;
  /** Sets the function that makes the errors of the calls below. */
  initialize(makeError: (code: ArenaErrorCode, message: string) => Error): void;
  readonly Packets: {
    /** Calls `onRelease` once `bytes` are no longer needed, by libav's threads either. */
    unpack(bytes: Uint8Array, onRelease: (() => void) | undefined): NativePackets;
    concat(parts: readonly NativePackets[]): NativePackets;
  };
  readonly Interrupt: new () => NativeInterrupt;
  readonly Demuxer: new (
    source: string | Uint8Array,
    options: {
      stream: number | undefined;
      start: number;
      end: number;
      maxPixels: number;
      maxBatchBytes: number;
    },
    interrupt: NativeInterrupt,
    /** Called once the bytes of the source are no longer read. */
    onEnd: (() => void) | undefined,
  ) => NativeDemuxer;
  readonly Decoder: new (
    format: string,
    width: number,
    height: number,
    threads: number,
    maxPixels: number,
    interrupt: NativeInterrupt,
  ) => NativeDecoder;
  versions(): LibavVersions;
  createVideoData(
    targetBytes: number,
    durationSeconds: number,
    width: number,
    height: number,
    interrupt: NativeInterrupt,
  ): Promise<Uint8Array>;
}

const require = createRequire(import.meta.url);

const source: AddonSource = {
  owner: '@arena/video',
  built: new URL('../build/Release/arena_video.node', import.meta.url),
  prebuilt: {
    'linux-x64-gnu': () => require('@arena/video-linux-x64-gnu'),
    'linux-arm64-gnu': () => require('@arena/video-linux-arm64-gnu'),
  },
};

let loaded: NativeAddon | undefined;

/**
 * The addon, loaded with the first call.
 *
 * @throws {ArenaError} `ERR_ARENA_LIBAV_MISSING`: libav is not installed or does not suit, or the addon is missing.
 *   `ERR_ARENA_UNSUPPORTED`: arena does not run on this system.
 */
export function native(): NativeAddon {
  loaded ??= load();
  return loaded;
}

/**
 * The versions of libav that video uses here. Call it to learn whether video works.
 *
 * @throws {ArenaError} As every use of video: `ERR_ARENA_LIBAV_MISSING`, with what to install.
 */
export function libavVersions(): LibavVersions {
  return native().versions();
}

function load(): NativeAddon {
  const why = whyUnsupported();
  if (why) throw why;
  const found = loadAddon<NativeAddon>(source);
  if (isLack(found)) throw missing(found, libavsHere());
  found.initialize(makeError);
  return found;
}

function makeError(code: ArenaErrorCode, message: string): Error {
  return code === 'ERR_ARENA_INVALID_ARGUMENT'
    ? invalidRange(message)
    : new ArenaError(code, message);
}
