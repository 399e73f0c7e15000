import { ArenaError } from '@arena/shm-core';
import type { VideoPackets } from './video-packets.js';

/**
 * The layout of one picture in a tensor of uint8. The first dimension of the tensor counts the frames, these
 * follow:
 *
 * - `rgb24`: `[height, width, 3]`
 * - `gray`: `[height, width, 1]`
 * - `yuv420p`: `[height * 3 / 2, width, 1]`; the Y plane, then U and V at half the width and height.
 *   Width and height are even.
 */
export type FrameFormat = 'yuv420p' | 'rgb24' | 'gray';

export const frameFormats: readonly string[] = ['yuv420p', 'rgb24', 'gray'] satisfies FrameFormat[];

/** The shape of a tensor of frames; its height is that of {@link FrameFormat}. */
export type FrameShape = readonly [frames: number, height: number, width: number, channels: number];

/** Pixels of a frame. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

export function frameShape(format: FrameFormat, size: FrameSize, frames: number): FrameShape {
  const rows = format === 'yuv420p' ? (size.height * 3) / 2 : size.height;
  return [frames, rows, size.width, format === 'rgb24' ? 3 : 1];
}

/**
 * The size that the options give. Without both sides it is the packets' size; without one side, that side
 * follows in proportion.
 */
export function frameSizeOf(
  packets: VideoPackets,
  asked: { readonly [Side in keyof FrameSize]?: number | undefined },
): FrameSize {
  const { width, height } = asked;
  if (width !== undefined && height !== undefined) return { width, height };
  if (packets.width === 0 || packets.height === 0) {
    throw new ArenaError(
      'ERR_ARENA_MEDIA',
      'decode: the packets do not tell the size of their frames. Pass width and height.',
    );
  }
  const ratio = packets.width / packets.height;
  if (width !== undefined) return { width, height: toEven(width / ratio) };
  if (height !== undefined) return { width: toEven(height * ratio), height };
  return { width: packets.width, height: packets.height };
}

const toEven = (pixels: number) => Math.max(2, Math.round(pixels / 2) * 2);
