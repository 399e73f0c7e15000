export { type AttachPoolOptions, SegmentPool, type SegmentPoolOptions } from './segment-pool.js';
