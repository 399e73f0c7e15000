import { isArena, type Transport } from './transports.js';

/**
 * Keeps glibc from giving memory back: at 32 MiB and above it would map fresh pages for every message that a
 * peer allocates, at half to a quarter of the speed. An arena allocates none.
 */
const keepMemory: NodeJS.ProcessEnv = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 33),
  MALLOC_TOP_PAD_: String(2 ** 26),
};

/** What the processes of a transport have in their environment: of a peer its best setting. */
export const environmentOf = (transport: Transport): NodeJS.ProcessEnv =>
  isArena(transport) ? {} : keepMemory;
