import {
  type Check,
  checkInteger,
  checkSignal,
  invalidRange,
  Options,
} from '@arena/shm-core/internal';
import { checkWithin } from './arguments.js';
import { Interruption } from './interruption.js';
import { native } from './native.js';
import { settled } from './settled.js';

export interface VideoDataOptions {
  /** Length of the clip, at 30 frames a second; 2 when absent. */
  readonly durationSeconds?: number | undefined;
  /** Even numbers of pixels; 3840 x 2160 when absent. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Aborting it ends the encoding with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Every Node.js can hold a file of this size, with the bytes that the encoder adds. */
const mostBytes = 2 ** 31;

const checkSide: Check = (name, value) => {
  if (checkInteger(name, value, 16, 8192) % 2 === 0) return;
  throw invalidRange(`${name} must be even, got ${value}.`);
};

const videoDataOptions = new Options<VideoDataOptions>({
  durationSeconds: (name, value) => checkWithin(name, value, 1 / 30, 3600),
  width: checkSide,
  height: checkSide,
  signal: checkSignal,
});

/**
 * Makes an H.264 MP4 file whose stream has about `targetBytes` bytes, for benchmarks.
 *
 * The pictures are plain and cheap to encode. The encoder fills up to a constant bit rate, which gives the
 * size. It runs on another thread, and needs memory for the result and a few pictures.
 *
 * @throws {ArenaError} `ERR_ARENA_MEDIA` when libav has no H.264 encoder; `ERR_ARENA_LIBAV_MISSING`;
 *   the signal's reason.
 * @throws {RangeError} The size needs more than 1 Gbit a second over that duration.
 */
export async function createVideoData(
  targetBytes: number,
  options?: VideoDataOptions,
): Promise<Uint8Array> {
  const checked = videoDataOptions.check(options);
  checkInteger('targetBytes', targetBytes, 1, mostBytes);
  const { durationSeconds = 2, width = 3840, height = 2160, signal } = checked;
  using interruption = new Interruption(signal);
  const { interrupt } = interruption;
  const encoded = native().createVideoData(targetBytes, durationSeconds, width, height, interrupt);
  return await settled(encoded, signal);
}
