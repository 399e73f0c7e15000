export * from './arena.js';
export { type ArenaOrigin, BaseArena, type UnitLimits } from './base-arena.js';
export { CopiedLease } from './copied-lease.js';
export { copyBytes } from './copy-bytes.js';
export { defaultCopyThreshold } from './copy-threshold.js';
export * from './errors.js';
export { availableMemory, listNamedArenas, type NamedArena, sweepStaleArenas } from './named.js';
export type { NativeCreateOptions } from './native.js';
