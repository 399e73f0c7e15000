/**
 * The types that all arenas share: arena, writer, unit, reader, lease, and the errors. The classes that make
 * arenas are in `@arena/transport-pool` and `@arena/transport-ring`.
 *
 * @packageDocumentation
 */
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
