/**
 * What a codec is: how one kind of value becomes a small description and payloads, and back.
 *
 * Plain data, binaries and what structured clone takes need none. A codec is for values of a class
 * that should come back as more than their own properties.
 */
import type { Lease } from '@arena/shm-core';

/** Bytes that their holder copies itself: native code, or several buffers that become one payload. */
export interface PayloadSource {
  /** Length in bytes; must not change until the unit is filled. */
  readonly byteLength: number;
  /** Fills `target`, which is exactly `byteLength` bytes long and not zeroed. */
  copyTo(target: Uint8Array): void;
}

/** One large binary of a value, and how it has to lie in memory. */
export interface Payload {
  /** Read when the unit is filled, so leave them alone until then. */
  readonly bytes: ArrayBufferView | PayloadSource;
  /** Where an offloaded payload starts: a multiple of this power of two, 1 to 64; 64 when absent. */
  readonly alignment?: number | undefined;
  /** Zeroed bytes that are readable behind the payload, 0 when absent. */
  readonly padding?: number | undefined;
}

export interface EncodedValue {
  /**
   * Describes the value: anything that an item may hold, binaries too, but not the value itself.
   * It shares identity with the item: what both hold arrives as one value.
   */
  readonly meta?: unknown;
  /**
   * Travel together: all in the unit when their sum exceeds the item's `copyThreshold`, else all
   * inline in the envelope, where they start on multiples of 8 at most.
   */
  readonly payloads?: readonly (ArrayBufferView | Payload)[] | undefined;
}

/** Encodes and decodes one kind of value, at any depth of an item. */
export interface Codec<T = unknown> {
  /** Travels in the envelope: choose one that no other package chooses, 1 to 64 ASCII characters. */
  readonly name: string;
  /** True for values that this codec encodes. Asked for every object of an item, so keep it cheap. */
  matches(value: object): boolean;
  /** Describes `value`; must not change it. */
  encode(value: T): EncodedValue;
  /**
   * Makes the value again.
   *
   * @param meta As encoded, but from another process: check it. What this throws becomes an
   *   `ERR_ARENA_CORRUPT`, unless it is an `ArenaError` already.
   * @param payloads One view per payload, in order, without its padding. Each is shared memory
   *   (valid until `owner` is released) or, where `owner` is null, a private copy.
   * @param owner The lease that `payloads` are views of. Whoever hands their address to native code
   *   holds it, and looks at `owner.active` before each use.
   * @returns The value; where it may be the root of an item, an object that can be extended.
   */
  decode(meta: unknown, payloads: readonly Uint8Array[], owner: Lease | null): T | object;
}
