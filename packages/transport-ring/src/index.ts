export type { Borrowed } from './loan.js';
export {
  type AttachRingOptions,
  RingBuffer,
  type RingBufferOptions,
  type WhenFull,
} from './ring-buffer.js';
export type { RingReader } from './ring-reader.js';
