/** Takes an item apart: into a small envelope, and large binaries that go into one unit. */
import { checkThreshold, defaultCopyThreshold, integer, Options } from '@arena/shm-core/internal';
import { bodyOf } from './envelope/byte-writer.js';
import { EnvelopeEncoder } from './envelope/encoder.js';
import { alignUp } from './envelope/format.js';
import { OffloadedItem } from './offloaded-item.js';

/** Largest envelope in bytes beside a unit that has bytes. */
export const defaultMaxEnvelopeBytes = 512;
/** Largest envelope in bytes beside a unit without bytes: the envelope is the whole item. */
export const maxBareEnvelopeBytes = 65536;
/** When the body spills into the unit, the remaining envelope fits into this many bytes. */
const leastEnvelopeBytes = 32;

/** Options that divide an item between the unit and the envelope. */
export interface PlacingOptions {
  /**
   * Binaries of up to this many bytes are copied into the envelope, larger binaries into the unit. With 0,
   * all binaries but empty ones go into the unit; with `Infinity`, none.
   */
  readonly copyThreshold?: number | undefined;
  /**
   * Largest envelope in bytes beside a unit that has bytes, at least 32. A larger envelope spills into the
   * unit, behind the payloads.
   */
  readonly maxEnvelopeBytes?: number | undefined;
}

export interface TagOptions {
  /** A number for the item's reader, a uint32, 0 when absent. {@link readTag} reads it. */
  readonly tag?: number | undefined;
}

export type OffloadOptions = PlacingOptions & TagOptions;

const placing = { copyThreshold: checkThreshold, maxEnvelopeBytes: integer(leastEnvelopeBytes) };
export const placingOptions = new Options<PlacingOptions>(placing);

export const tagging = { tag: integer(0, 2 ** 32 - 1) };
const offloadOptions = new Options<OffloadOptions>({ ...placing, ...tagging });

/**
 * Kept between items, because of its memory. Undefined while it is in use: a getter of an item may
 * offload another item meanwhile.
 */
let idleEncoder: EnvelopeEncoder | undefined;

/**
 * Encodes `item` and places its large binaries, at any depth, in one unit.
 *
 * It takes all values that structured clone takes, and values for which a codec is registered. A value that
 * appears twice is sent once. Two views of one ArrayBuffer are two values. Large binaries are not copied yet:
 * {@link OffloadedItem.copyTo} copies them.
 *
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE` names the path of a value that cannot be sent.
 * @throws {TypeError | RangeError} An option is unknown, or out of range.
 */
export function offloadItem(item: unknown, options?: OffloadOptions): OffloadedItem {
  const how = offloadOptions.check(options);
  return placeItem(item, how, how.tag);
}

/** @internal As {@link offloadItem}, with options that were checked before. */
export function placeItem(item: unknown, how: PlacingOptions, tag = 0): OffloadedItem {
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
): OffloadedItem {
  const { out } = encoder;
  const unitBytes = encoder.unit.byteLength;
  const fits = out.length <= (unitBytes > 0 ? maxEnvelopeBytes : maxBareEnvelopeBytes);
  const envelope = out.finish();
  if (fits) return new OffloadedItem(item, encoder, envelope, unitBytes, undefined);

  const body = bodyOf(envelope);
  out.begin(true, tag);
  out.varint(body.byteLength);
  const byteLength = alignUp(unitBytes, 8) + body.byteLength;
  return new OffloadedItem(item, encoder, out.finish(), byteLength, body);
}
