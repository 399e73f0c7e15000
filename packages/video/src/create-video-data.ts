import { invalidRange } from '@arena/shm-core';
import { checkInteger, checkNumber, checkObject, checkSignal } from './arguments.js';
import { Interruption } from './interruption.js';
import { settled } from './media-error.js';
import { native } from './native.js';

export interface VideoDataOptions {
  /** Length of the clip, at 30 frames a second; 2 when absent. */
  readonly durationSeconds?: number | undefined;
  /** Even numbers of pixels; 3840 x 2160 when absent. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Ends encoding with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

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
  options: VideoDataOptions = {},
): Promise<Uint8Array> {
  checkObject('options', options);
  checkInteger('targetBytes', targetBytes, 1, 2 ** 32);
  const seconds = checkNumber('durationSeconds', options.durationSeconds ?? 2, 1 / 30, 3600);
  const width = checkEven('width', options.width ?? 3840);
  const height = checkEven('height', options.height ?? 2160);
  const signal = checkSignal(options.signal);
  using interruption = new Interruption(signal);
  const { interrupt } = interruption;
  const encoded = native().createVideoData(targetBytes, seconds, width, height, interrupt);
  return await settled(encoded, signal);
}

function checkEven(name: string, value: number): number {
  checkInteger(name, value, 16, 8192);
  if (value % 2 !== 0) throw invalidRange(`${name} is ${value}; it takes an even number`);
  return value;
}
