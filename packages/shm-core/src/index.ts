export type * from './arena.js';
export { copyBytes } from './copy-bytes.js';
export type { CreateOptions } from './create-options.js';
export {
  ArenaError,
  type ArenaErrorCode,
  type ArenaErrorDetails,
  arenaErrorCodes,
} from './errors.js';
export { availableMemory, listNamedArenas, type NamedArena, sweepStaleArenas } from './named.js';
export { isSupported, whyUnsupported } from './support.js';
