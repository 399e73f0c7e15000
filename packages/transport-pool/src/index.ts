export type { FanOutReader } from './fan-out-reader.js';
export type { AttachPoolOptions, FanOutPoolOptions, SegmentPoolOptions } from './pool-options.js';
export type {
  CopyOptions,
  FanOutWriterOptions,
  PoolWriter,
  PoolWriterOptions,
} from './pool-writer.js';
export { FanOutPool, SegmentPool } from './segment-pool.js';
