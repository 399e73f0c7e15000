/** A garbage collection on demand: the only way to leases that a program has forgotten. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * A collection takes up to 4 ms for each MiB of small objects. Above this much memory it would hold
 * the event loop up for longer than a second.
 */
const mostHeapBytes = 256 * 2 ** 20;

/**
 * Collects garbage, if the engine lets this process and the heap is small enough. Leases that are
 * found come back with the next turns of the event loop.
 *
 * This is intentional: the function of V8's flag `--expose-gc`, taken from a context that is made for
 * it (1 ms), and the flag put back at once. Rejected: HeapProfiler.collectGarbage of the inspector,
 * which does nothing before the event loop turns and is missing in some builds.
 */
export function collectGarbage(): void {
  if (process.memoryUsage().heapUsed > mostHeapBytes) return;
  try {
    (globalThis.gc ?? gcOfNewContext())?.();
  } catch {
    // An engine without the flag, or a policy against it: then it cannot be done.
  }
}

function gcOfNewContext(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  try {
    const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
    return typeof gc === 'function' ? (gc as () => void) : undefined;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
