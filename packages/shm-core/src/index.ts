export * from './arena.js';
export { checkInteger, checkName, checkOneOf } from './arguments.js';
export { BaseArena } from './base-arena.js';
export { copyBytes } from './copy-bytes.js';
export * from './errors.js';
export { availableMemory, listNamedArenas, type NamedArena, sweepStaleArenas } from './named.js';
export { copyLimitBinary, type NativeCreateOptions } from './native.js';
export { ArenaReader } from './reader.js';
export { ArenaWriter, type WriterPolicy } from './writer.js';
