/** Restores an item from a lease. */
import { ArenaError, type Lease } from '@arena/shm-core';
import { describe, invalidType, messageOf } from '@arena/shm-core/internal';
import { EnvelopeDecoder } from './envelope/decoder.js';
import { corrupt } from './envelope/format.js';
import { attachLease, type Restored } from './item-lease.js';

/** Kept between items. Undefined while it is in use: a codec may restore another item meanwhile. */
let idleDecoder: EnvelopeDecoder | undefined;

/**
 * Restores the item that {@link offloadItem} has taken apart.
 *
 * Offloaded binaries are views of `lease.bytes`: when the lease is released, they become empty. A root that
 * is an object gets a `[Symbol.dispose]` (not enumerable) that releases the lease, so `using` and
 * `releaseItem` work. When no binary of the item views the lease, the lease is released before this returns.
 * The memory of a dropped item comes back once its last view is collected.
 *
 * @throws {ArenaError} `ERR_ARENA_CORRUPT`: the envelope or the unit is not that of an item;
 *   `ERR_ARENA_INCOMPATIBLE`: it needs a codec that is not registered, or a type that this Node.js lacks.
 *   After either error the lease is released.
 */
export function restoreItem<T = unknown>(lease: Lease): Restored<T> {
  if (!(lease?.envelope instanceof Uint8Array)) {
    throw invalidType(`lease must be a Lease, got ${describe(lease)}.`);
  }
  const decoder = idleDecoder ?? new EnvelopeDecoder();
  idleDecoder = undefined;
  try {
    const item = decoder.decode(lease);
    const held = decoder.viewsUnit && isObject(item);
    if (isObject(item)) attachLease(item, held ? lease : undefined);
    if (!held) lease.release();
    return item as Restored<T>;
  } catch (error) {
    lease.release();
    throw error instanceof ArenaError ? error : corrupt(messageOf(error), error);
  } finally {
    decoder.reset();
    idleDecoder = decoder;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
