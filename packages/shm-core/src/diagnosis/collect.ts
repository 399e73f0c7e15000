/** Collects garbage on demand. Only that brings back leases that a program has forgotten. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * A collection takes up to 4 ms for each MiB of small objects. With more memory than this it would
 * block the event loop for longer than a second.
 */
const mostHeapBytes = 256 * 2 ** 20;

/**
 * Collects garbage, if the engine allows it and the heap is small enough. Forgotten leases come back in
 * the next turns of the event loop.
 *
 * This is intentional: V8's flag `--expose-gc` is set, a new context gives the function (1 ms), and the
 * flag is cleared at once. Rejected: HeapProfiler.collectGarbage of the inspector, which does nothing
 * before the event loop turns and is missing in some builds.
 */
export function collectGarbage(): void {
  if (process.memoryUsage().heapUsed > mostHeapBytes) return;
  try {
    (globalThis.gc ?? gcOfNewContext())?.();
  } catch {
    // The engine has no such flag, or a policy forbids it. Then nothing is collected.
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
