/**
 * Records of any size in a ring of shared memory, which every reader sees. Begin with {@link RingBuffer}.
 *
 * @packageDocumentation
 */
export type { Borrowed } from './loan.js';
export {
  type AttachRingOptions,
  RingBuffer,
  type RingBufferOptions,
  type WhenFull,
} from './ring-buffer.js';
export type { RingReader } from './ring-reader.js';
