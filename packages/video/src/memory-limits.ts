/** Limits of the memory that media may take: a file of a few bytes can ask for gigabytes. */
import { integer } from '@arena/shm-core/internal';

export interface PictureLimits {
  /**
   * Largest number of pixels in a picture; 2^26 (8192 x 8192) when absent. libav keeps several pictures, of
   * 1.5 to 8 bytes a pixel.
   */
  readonly maxPixels?: number | undefined;
}

export interface BatchLimits {
  /** Largest number of bytes in one batch; 2^30 when absent. */
  readonly maxBatchBytes?: number | undefined;
}

export const defaultMaxPixels = 2 ** 26;
export const defaultMaxBatchBytes = 2 ** 30;

export const checkMaxPixels = integer(1);
export const checkMaxBatchBytes = integer(1);
