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
  /** Ends encoding with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Every Node.js can hold a file of this size, and of what the encoder adds to it. */
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
 * Pictures are plain and cheap to encode; a constant bit rate with filler makes up the size. Runs on
 * another thread, in memory of the result's size and a few pictures.
 *
 * @throws {ArenaError} `ERR_ARENA_MEDIA` when libav has no H.264 encoder; `ERR_ARENA_LIBAV_MISSING`;
 *   the signal's reason.
 * @throws {RangeError} The bytes cannot be reached in that time: more than 1 Gbit a second.
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
