export {
  type AttachRingOptions,
  RingBuffer,
  type RingBufferOptions,
  type WhenFull,
} from './ring-buffer.js';
