/** Whole items on their way out: a small envelope, and large binaries that go into one unit. */
import { ArenaError, defaultCopyThreshold, invalidRange, invalidType } from '@arena/shm-core';
import { fill, lengthNow, type PlacedPayload } from './binaries/payload.js';
import { bodyOf } from './envelope/byte-writer.js';
import { EnvelopeEncoder } from './envelope/encoder.js';
import { alignUp } from './envelope/format.js';

/** Largest envelope in bytes beside a unit that has bytes. */
export const defaultMaxEnvelopeBytes = 512;
/** Largest envelope in bytes beside a unit of no bytes: the item is its envelope. */
export const maxBareEnvelopeBytes = 65536;
/** The envelope of an item that spilled always fits into this. */
const leastEnvelopeBytes = 32;

export interface OffloadOptions {
  /**
   * Binaries of at most so many bytes are copied into the envelope, larger ones into the unit.
   * 0 offloads all but empty ones, `Infinity` none.
   */
  readonly copyThreshold?: number | undefined;
  /** Frames the item for its reader, a uint32; {@link readTag} reads it without restoring. */
  readonly tag?: number | undefined;
  /**
   * Largest envelope in bytes beside a unit that has bytes, at least 32. What does not fit spills
   * into the unit, behind the payloads.
   */
  readonly maxEnvelopeBytes?: number | undefined;
}

/** An item as an arena takes it: `acquire(byteLength, {envelope})`, `copyTo(unit.bytes)`, commit. */
export interface OffloadedItem {
  readonly envelope: Uint8Array;
  /** What the unit needs in bytes, 0 where the envelope is all. */
  readonly byteLength: number;
  /** True when structured clone, too, would bring the item over as it is. */
  readonly cloneable: boolean;
  /**
   * Fills the unit. Binaries are read now, not when the item was offloaded.
   *
   * @param target At least `byteLength` bytes, on a 64-byte boundary.
   * @throws {RangeError} `target` is too small.
   * @throws {ArenaError} `ERR_ARENA_UNSENDABLE`: a binary was transferred or resized meanwhile.
   */
  copyTo(target: Uint8Array): void;
  /** The item as private bytes, filled now. */
  pack(): PackedItem;
}

/** A whole item as plain bytes: its unit and its envelope. */
export interface PackedItem {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

class PlacedItem implements OffloadedItem {
  readonly envelope: Uint8Array;
  readonly byteLength: number;
  readonly cloneable: boolean;
  readonly #item: unknown;
  readonly #payloads: readonly PlacedPayload[];
  readonly #spilled: Uint8Array | undefined;

  constructor(
    item: unknown,
    { unit, cloneable }: EnvelopeEncoder,
    envelope: Uint8Array,
    byteLength: number,
    spilled: Uint8Array | undefined,
  ) {
    this.envelope = envelope;
    this.byteLength = byteLength;
    this.cloneable = cloneable;
    this.#item = item;
    this.#payloads = unit.take();
    this.#spilled = spilled;
  }

  copyTo(target: Uint8Array): void {
    if (target.byteLength < this.byteLength) {
      throw invalidRange(
        `the item needs ${this.byteLength} bytes, the target has ${target.byteLength}`,
      );
    }
    for (const { source, byteOffset, byteLength, padding } of this.#payloads) {
      // Nothing is filled from a view that has changed: stale memory must not pass for the payload.
      if (ArrayBuffer.isView(source) && lengthNow(source) !== byteLength) {
        throw this.#changed(source, byteLength);
      }
      const end = byteOffset + byteLength;
      fill(source, target.subarray(byteOffset, end));
      if (padding > 0) target.fill(0, end, end + padding);
    }
    if (this.#spilled) target.set(this.#spilled, this.byteLength - this.#spilled.byteLength);
  }

  pack(): PackedItem {
    // This is intentional: not zeroed, which would cost as much as filling it.
    const bytes = Buffer.allocUnsafeSlow(this.byteLength);
    this.copyTo(bytes);
    return { bytes, envelope: this.envelope };
  }

  #changed(view: ArrayBufferView, expected: number): ArenaError {
    const path = new EnvelopeEncoder().find(this.#item, view);
    const found = lengthNow(view);
    return new ArenaError(
      'ERR_ARENA_UNSENDABLE',
      `${path ?? 'a binary of the item'} has ${found} bytes now, and had ${expected} when it was to be written. Leave an item's binaries alone until it is written`,
      { path, expected, found },
    );
  }
}

/** Kept between items for its slab; taken while in use, since a getter may offload another item. */
let idleEncoder: EnvelopeEncoder | undefined;

/**
 * Encodes `item` and places its large binaries, at any depth, in one unit.
 *
 * Takes whatever structured clone takes, and what a codec is registered for. A value that appears
 * twice is sent once; two views of one ArrayBuffer are two values. Copies nothing large:
 * {@link OffloadedItem.copyTo} does.
 *
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE` names the path of what cannot be sent.
 * @throws {RangeError} An option is out of range.
 */
export function offloadItem(item: unknown, options: OffloadOptions = {}): OffloadedItem {
  const copyThreshold = options.copyThreshold ?? defaultCopyThreshold;
  const maxEnvelopeBytes = options.maxEnvelopeBytes ?? defaultMaxEnvelopeBytes;
  const tag = options.tag ?? 0;
  checkAtLeast('copyThreshold', copyThreshold, 0);
  checkAtLeast('maxEnvelopeBytes', maxEnvelopeBytes, leastEnvelopeBytes);
  if (tag >>> 0 !== tag) {
    throw invalidRange(`tag is ${String(tag)}; it takes a whole number of 0 to 4294967295`);
  }

  const encoder = idleEncoder ?? new EnvelopeEncoder();
  idleEncoder = undefined;
  try {
    encoder.encode(item, tag, copyThreshold);
    return place(item, encoder, tag, maxEnvelopeBytes);
  } catch (error) {
    encoder.out.abandon();
    throw error;
  } finally {
    encoder.reset();
    idleEncoder = encoder;
  }
}

function place(
  item: unknown,
  encoder: EnvelopeEncoder,
  tag: number,
  maxEnvelopeBytes: number,
): PlacedItem {
  const { out } = encoder;
  const unitBytes = encoder.unit.byteLength;
  const fits = out.length <= (unitBytes > 0 ? maxEnvelopeBytes : maxBareEnvelopeBytes);
  const envelope = out.finish();
  if (fits) return new PlacedItem(item, encoder, envelope, unitBytes, undefined);

  const body = bodyOf(envelope);
  out.begin(true, tag);
  out.varint(body.byteLength);
  const byteLength = alignUp(unitBytes, 8) + body.byteLength;
  return new PlacedItem(item, encoder, out.finish(), byteLength, body);
}

function checkAtLeast(name: string, value: number, least: number): void {
  if (typeof value !== 'number') throw invalidType(`${name} is ${typeof value}; it takes a number`);
  if (!(value >= least)) throw invalidRange(`${name} is ${value}; it takes ${least} bytes or more`);
}
