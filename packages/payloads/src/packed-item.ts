/** Packs items for channels with structured clone (Node's IPC, `postMessage`), which lose some values. */
import {
  CopiedLease,
  checkBoolean,
  checkBytes,
  describe,
  invalidType,
  Options,
} from '@arena/shm-core/internal';
import type { Restored } from './item-lease.js';
import { offloadItem } from './offload-item.js';
import type { PackedItem } from './offloaded-item.js';
import { restoreItem } from './restore-item.js';

export interface PackOptions {
  /** Packs every item, also one that structured clone would keep (default false). */
  readonly always?: boolean | undefined;
}

/**
 * Packs an item of which structured clone would lose something. Such an item holds, at any depth, a value of
 * a codec, another library's tensor, or an error. (Node 20's structured clone writes an error that is part of
 * its own cause, and cannot read it.)
 *
 * @returns Undefined for every other item: send it as it is.
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE` names the path of a value that cannot be sent, packed or not.
 */
export function packItem(item: unknown, options: PackOptions & { always: true }): PackedItem;
export function packItem(item: unknown, options?: PackOptions): PackedItem | undefined;
export function packItem(item: unknown, options?: PackOptions): PackedItem | undefined {
  const { always = false } = packOptions.check(options);
  const offloaded = offloadItem(item);
  return always || !offloaded.cloneable ? offloaded.pack() : undefined;
}

const packOptions = new Options<PackOptions>({ always: checkBoolean });

/** Restores the item over the packed bytes, as {@link restoreItem} does. */
export function unpackItem<T>(packed: PackedItem): Restored<T> {
  if (typeof packed !== 'object' || packed === null) {
    throw invalidType(`packed must be what packItem returned, got ${describe(packed)}.`);
  }
  const bytes = checkBytes('packed.bytes', packed.bytes);
  return restoreItem<T>(new CopiedLease(bytes, checkBytes('packed.envelope', packed.envelope)));
}
