/**
 * Large payloads in segments of shared memory, which readers view without a copy. Begin with
 * {@link SegmentPool}.
 *
 * @packageDocumentation
 */
export type { FanOutReader } from './fan-out-reader.js';
export type { AttachPoolOptions, FanOutPoolOptions, SegmentPoolOptions } from './pool-options.js';
export type {
  CopyOptions,
  FanOutWriterOptions,
  PoolWriter,
  PoolWriterOptions,
} from './pool-writer.js';
export { FanOutPool, SegmentPool } from './segment-pool.js';
