/**
 * A codec turns one kind of value into a small description and payloads, and back.
 *
 * Plain data, binaries and all other values that structured clone takes need no codec. A codec is for a class
 * whose instances should arrive as instances.
 */
import type { Lease } from '@arena/shm-core';

/** Bytes that their owner copies itself: native code, or several buffers that become one payload. */
export interface PayloadSource {
  /** Length in bytes. It must not change before the unit is filled. */
  readonly byteLength: number;
  /** Fills `target`, which has exactly `byteLength` bytes. They are not zeroed. */
  copyTo(target: Uint8Array): void;
}

/** One large binary of a value, and its place in memory. */
export interface Payload {
  /** They are read when the unit is filled. Do not change them before. */
  readonly bytes: ArrayBufferView | PayloadSource;
  /** An offloaded payload starts at a multiple of this: a power of two from 1 to 64, by default 64. */
  readonly alignment?: number | undefined;
  /** How many zeroed bytes can be read behind the payload, by default 0. */
  readonly padding?: number | undefined;
}

export interface EncodedValue {
  /**
   * Describes the value: anything that an item may hold, also binaries, but not the value itself. An
   * object that is both in here and in the item arrives as one object.
   */
  readonly meta?: unknown;
  /**
   * When their sum exceeds the item's `copyThreshold`, all payloads go into the unit. Otherwise all go into
   * the envelope, where they start at multiples of 8.
   */
  readonly payloads?: readonly (ArrayBufferView | Payload)[] | undefined;
}

/** Encodes and decodes one kind of value, at any depth of an item. */
export interface Codec<T = unknown> {
  /** 1 to 64 ASCII characters. Envelopes hold it: choose a name that no other package chooses. */
  readonly name: string;
  /** True for values that this codec encodes. Called for every object of every item: keep it fast. */
  matches(value: object): boolean;
  /** Describes `value`, and does not change it. */
  encode(value: T): EncodedValue;
  /**
   * Makes the value again.
   *
   * @param meta The encoded meta. It comes from another process, so check it. An error that this throws
   *   becomes `ERR_ARENA_CORRUPT`, unless it is an `ArenaError`.
   * @param payloads One view per payload, in order, without its padding. Each is shared memory
   *   (valid until `owner` is released) or, where `owner` is null, a private copy.
   * @param owner The lease whose memory `payloads` view. Before you pass their address to native code, hold
   *   the lease, and check `owner.active` before each use.
   * @returns The value; where it may be the root of an item, an object that can be extended.
   */
  decode(meta: unknown, payloads: readonly Uint8Array[], owner: Lease | null): T | object;
}
