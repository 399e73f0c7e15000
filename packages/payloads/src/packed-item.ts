/** Items through a channel of structured clone, which loses what a codec is there to keep. */
import { types } from 'node:util';
import { CopiedLease } from '@arena/shm-core';
import { anyCodecRegistered, registeredCodecFor } from './codecs/registry.js';
import { offloadItem } from './offload-item.js';
import { type Restored, restoreItem } from './restore-item.js';

/** A whole item as plain bytes: its unit and its envelope. */
export interface PackedItem {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

/**
 * Packs an item that holds, at any depth, a value that a registered codec encodes.
 *
 * @returns Undefined where it holds none: then structured clone sends it as it is.
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE`.
 */
export function packItem(item: unknown): PackedItem | undefined {
  if (!holdsCoded(item)) return undefined;
  const offloaded = offloadItem(item);
  // This is intentional: not zeroed, which would cost as much as filling it.
  const bytes = Buffer.allocUnsafeSlow(offloaded.byteLength);
  offloaded.copyTo(bytes);
  return { bytes, envelope: offloaded.envelope };
}

/** Makes the item again; as {@link restoreItem}, over private memory. */
export function unpackItem<T>({ bytes, envelope }: PackedItem): Restored<T> {
  return restoreItem<T>(new CopiedLease(bytes, envelope));
}

/** Looks at everything that structured clone would send. */
function holdsCoded(item: unknown): boolean {
  if (!anyCodecRegistered()) return false;
  // A set gives what is added while it is iterated, once.
  const objects = new Set<object>();
  const add = (value: unknown) => {
    if (typeof value === 'object' && value !== null) objects.add(value);
  };
  add(item);
  for (const object of objects) {
    if (registeredCodecFor(object) !== undefined) return true;
    for (const member of membersOf(object)) add(member);
  }
  return false;
}

function membersOf(value: object): Iterable<unknown> {
  if (types.isMap(value)) return [...value.keys(), ...value.values()];
  if (types.isSet(value)) return value;
  if (types.isNativeError(value)) return [value.cause];
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return [];
  return Object.values(value);
}
