/** How much memory media may take: a file of a few bytes can ask for gigabytes. */
import { integer } from '@arena/shm-core/internal';

export interface PictureLimits {
  /**
   * Most pixels of a picture; 2^26 when absent, 8192 x 8192. libav keeps several pictures of 1.5 to 8
   * bytes a pixel.
   */
  readonly maxPixels?: number | undefined;
}

export interface BatchLimits {
  /** Most bytes of one batch; 2^30 when absent. */
  readonly maxBatchBytes?: number | undefined;
}

export const defaultMaxPixels = 2 ** 26;
export const defaultMaxBatchBytes = 2 ** 30;

export const checkMaxPixels = integer(1);
export const checkMaxBatchBytes = integer(1);
