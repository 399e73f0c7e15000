export * from './arena.js';
export { type ArenaOrigin, BaseArena, type UnitLimits } from './base-arena.js';
export { CopiedLease } from './copied-lease.js';
export { copyBytes } from './copy-bytes.js';
export { defaultCopyThreshold } from './copy-threshold.js';
export { crc32c } from './crc32c.js';
export * from './errors.js';
export { availableMemory, listNamedArenas, type NamedArena, sweepStaleArenas } from './named.js';
export { copyLimitBinary, lockedRingAddon, type NativeCreateOptions } from './native.js';
