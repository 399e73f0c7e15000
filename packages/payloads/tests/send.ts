/** An item's whole way, without an arena. */
import { type OffloadOptions, offloadItem, type Restored, restoreItem } from '@arena/payloads';
import { FakeArena, type FakeLease } from './fake-arena.js';

/** Takes `item` apart and puts it into a unit; the lease is what its reader gets. */
export function leaseOf(item: unknown, options?: OffloadOptions): FakeLease {
  const arena = new FakeArena();
  const offloaded = offloadItem(item, options);
  const unit = arena.open(offloaded.byteLength, { envelope: offloaded.envelope });
  offloaded.copyTo(unit?.bytes as Uint8Array);
  unit?.commit();
  return arena.take() as FakeLease;
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
