/** Whole items on their way out: a small envelope, and large binaries that go into one unit. */
import { defaultCopyThreshold } from '@arena/shm-core';
import { checkThreshold, integer, Options } from '@arena/shm-core/internal';
import { bodyOf } from './envelope/byte-writer.js';
import { EnvelopeEncoder } from './envelope/encoder.js';
import { alignUp } from './envelope/format.js';
import { type OffloadedItem, PlacedItem } from './placed-item.js';

/** Largest envelope in bytes beside a unit that has bytes. */
export const defaultMaxEnvelopeBytes = 512;
/** Largest envelope in bytes beside a unit of no bytes: the item is its envelope. */
export const maxBareEnvelopeBytes = 65536;
/** The envelope of an item that spilled always fits into this. */
const leastEnvelopeBytes = 32;

/** How binaries and envelopes are divided between the unit and what travels beside it. */
export interface PlacingOptions {
  /**
   * Binaries of at most so many bytes are copied into the envelope, larger ones into the unit.
   * 0 offloads all but empty ones, `Infinity` none.
   */
  readonly copyThreshold?: number | undefined;
  /**
   * Largest envelope in bytes beside a unit that has bytes, at least 32. What does not fit spills
   * into the unit, behind the payloads.
   */
  readonly maxEnvelopeBytes?: number | undefined;
}

export interface TagOptions {
  /** Frames the item for its reader, a uint32, 0 when absent; {@link readTag} reads it unrestored. */
  readonly tag?: number | undefined;
}

export type OffloadOptions = PlacingOptions & TagOptions;

const placing = { copyThreshold: checkThreshold, maxEnvelopeBytes: integer(leastEnvelopeBytes) };
export const placingOptions = new Options<PlacingOptions>(placing);

export const tagging = { tag: integer(0, 2 ** 32 - 1) };
const offloadOptions = new Options<OffloadOptions>({ ...placing, ...tagging });

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
 * @throws {TypeError | RangeError} An option is unknown, or out of range.
 */
export function offloadItem(item: unknown, options?: OffloadOptions): OffloadedItem {
  const how = offloadOptions.check(options);
  return placeItem(item, how, how.tag);
}

/** @internal As {@link offloadItem}, with options that were checked before. */
export function placeItem(item: unknown, how: PlacingOptions, tag = 0): PlacedItem {
  const encoder = idleEncoder ?? new EnvelopeEncoder();
  idleEncoder = undefined;
  try {
    encoder.encode(item, tag, how.copyThreshold ?? defaultCopyThreshold);
    return place(item, encoder, tag, how.maxEnvelopeBytes ?? defaultMaxEnvelopeBytes);
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
