/** Sends items without an arena, through private memory. */
import { type OffloadOptions, offloadItem, type Restored, restoreItem } from '@arena/payloads';
import { CopiedLease } from '@arena/shm-core/internal';

/** The content of shared memory before it is filled. */
const staleByte = 0xee;

/** Offloads `item` into a unit of private memory, and returns the lease that its reader gets. */
export function leaseOf(item: unknown, options?: OffloadOptions): CopiedLease {
  const offloaded = offloadItem(item, options);
  const unit = new Uint8Array(offloaded.byteLength).fill(staleByte);
  offloaded.copyTo(unit);
  return new CopiedLease(unit, offloaded.envelope.slice());
}

export function send<T>(item: T, options?: OffloadOptions): Restored<T> {
  return restoreItem<T>(leaseOf(item, options));
}

/** Sends the item with every binary offloaded. */
export function sendOffloaded<T>(item: T): Restored<T> {
  return send(item, { copyThreshold: 0 });
}

/** The error that `call` throws, or a failure where it throws none. */
export function errorOf(call: () => unknown): Error & { code?: string } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
