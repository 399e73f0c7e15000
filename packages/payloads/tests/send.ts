/** An item's whole way, without an arena. */
import { type OffloadOptions, offloadItem, type Restored, restoreItem } from '@arena/payloads';
import { CopiedLease } from '@arena/shm-core/internal';

/** What shared memory holds before it is filled: whatever was there. */
const staleByte = 0xee;

/** Takes `item` apart and puts it into a unit of private memory; the lease is what its reader gets. */
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
