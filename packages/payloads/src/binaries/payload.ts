/** Payloads before they are in a unit. */
import { copyBytes } from '@arena/shm-core';
import { invalidRange, invalidType } from '@arena/shm-core/internal';
import type { Codec, Payload, PayloadSource } from '../codec.js';
import { payloadAlignment } from '../envelope/format.js';
import { bytesUnder } from './bytes.js';

/** No decoder needs more padding than this, so a codec that asks for more has a fault. */
export const maxPadding = 65536;

/** A codec's payload with every default filled in. */
export interface CheckedPayload {
  readonly source: ArrayBufferView | PayloadSource;
  readonly byteLength: number;
  readonly alignment: number;
  /** How many bytes behind the payload are set to zero. */
  readonly padding: number;
}

/** A payload and its place in the unit. */
export interface PlacedPayload extends Omit<CheckedPayload, 'alignment'> {
  readonly byteOffset: number;
}

/**
 * @throws {TypeError | RangeError} The codec's description is wrong, or asks for too much alignment or
 * padding.
 */
export function checkPayload(codec: Codec, payload: ArrayBufferView | Payload): CheckedPayload {
  if (ArrayBuffer.isView(payload)) return checkPayload(codec, { bytes: payload });
  const { bytes: source, alignment = payloadAlignment, padding = 0 } = payload;
  if (!ArrayBuffer.isView(source) && typeof source?.copyTo !== 'function') {
    throw invalidType(
      `the codec "${codec.name}" gives a payload that is neither a view nor has copyTo()`,
    );
  }
  const { byteLength } = source;
  if (!isCount(byteLength)) {
    throw invalidRange(`the codec "${codec.name}" gives a payload of ${byteLength} bytes`);
  }
  if (!isAlignment(alignment)) {
    throw invalidRange(
      `the codec "${codec.name}" asks for the alignment ${alignment}; take a power of two up to ${payloadAlignment}`,
    );
  }
  if (!isCount(padding) || padding > maxPadding) {
    throw invalidRange(
      `the codec "${codec.name}" asks for ${padding} bytes of padding; take 0 to ${maxPadding}`,
    );
  }
  return { source, byteLength, alignment, padding };
}

export function isAlignment(value: number): boolean {
  return isCount(value) && value >= 1 && value <= payloadAlignment && (value & (value - 1)) === 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Copies a payload into `target`, which has its length. */
export function fill(source: ArrayBufferView | PayloadSource, target: Uint8Array): void {
  if (ArrayBuffer.isView(source)) copyBytes(target, bytesUnder(source));
  else source.copyTo(target);
}

/** The current length of a view; 0 once its buffer was transferred away. */
export function lengthNow(view: ArrayBufferView): number {
  try {
    return view.byteLength;
  } catch {
    return 0; // A DataView of a buffer that was detached.
  }
}
