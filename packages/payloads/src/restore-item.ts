/** Makes an item again where it arrives: its values, over a lease. */
import { ArenaError, type Lease } from '@arena/shm-core';
import { describe, invalidType, messageOf } from '@arena/shm-core/internal';
import { EnvelopeDecoder } from './envelope/decoder.js';
import { corrupt } from './envelope/format.js';
import { attachLease, type Restored } from './item-lease.js';

/** Kept between items. Undefined while it is in use: a codec may restore another item meanwhile. */
let idleDecoder: EnvelopeDecoder | undefined;

/**
 * Makes the item again that {@link offloadItem} took apart.
 *
 * Offloaded binaries are views of `lease.bytes`: when the lease is released, they become empty. A root
 * that is an object gets a `[Symbol.dispose]` (not enumerable) that releases the lease, so `using` and
 * `releaseItem` work. An item that views nothing of the lease releases it before this returns. The
 * memory of an item that is dropped comes back once its last view is collected.
 *
 * @throws {ArenaError} `ERR_ARENA_CORRUPT`: the envelope or the unit is none of an item's;
 *   `ERR_ARENA_INCOMPATIBLE`: it needs a codec that is not registered, or a type that this Node.js
 *   lacks. The lease is released then.
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
