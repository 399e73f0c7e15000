import { isMainThread } from 'node:worker_threads';

/**
 * In a thread, keeps the buffer of each lease and open unit until the lease or unit object was collected
 * and the event loop has turned.
 *
 * When a thread ends, the addon gives back the memory of every buffer that is still there and was not moved.
 * Of a buffer that the engine has just collected, the addon could not tell whether it was moved to another
 * thread before, and would have to keep its memory until the process ends.
 */
const registry = isMainThread ? undefined : new FinalizationRegistry<ArrayBuffer>(() => {});

export function keepInThread(owner: object, buffer: ArrayBuffer): void {
  registry?.register(owner, buffer);
}
