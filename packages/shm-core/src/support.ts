import type { ArenaError } from './errors.js';
import { whyUnsupported as why } from './native.js';

/**
 * Whether arenas work here. Where they do not, everything can be imported all the same, and items still go
 * through pipelines and workers that are given no arena.
 */
export function isSupported(): boolean {
  return why() === undefined;
}

/**
 * Why arenas do not work here: the error that every use of shared memory throws, `ERR_ARENA_UNSUPPORTED`. It
 * names the platform, the places that were looked at and the remedy. Undefined where arenas work.
 */
export function whyUnsupported(): ArenaError | undefined {
  return why();
}
