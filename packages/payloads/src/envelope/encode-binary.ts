/**
 * The part of the encoder that writes binaries: small binaries into the envelope, larger binaries into the
 * unit.
 */
import { isDetached } from '../binaries/bytes.js';
import { arrayBufferKind, binaryKinds, kindOfView } from '../binaries/kinds.js';
import type { EnvelopeEncoder } from './encoder.js';
import { payloadAlignment, valueType } from './format.js';

export function encodeView(
  encoder: EnvelopeEncoder,
  value: ArrayBufferView,
  prototype: object | null,
): void {
  if (value === encoder.wanted) encoder.found();
  const byteLength = lengthOf(encoder, value);
  encodeBinary(encoder, value, kindOfView(value, prototype), byteLength);
}

export function encodeArrayBuffer(encoder: EnvelopeEncoder, value: ArrayBuffer): void {
  if (value === encoder.wanted?.buffer) encoder.found();
  if (isDetached(value)) throw detached(encoder);
  const { byteLength } = value;
  encodeBinary(encoder, new Uint8Array(value, 0, byteLength), arrayBufferKind, byteLength);
}

/**
 * The length of a view, which must be readable.
 *
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE`: its buffer was transferred, or has shrunk.
 */
export function lengthOf(encoder: EnvelopeEncoder, view: ArrayBufferView): number {
  let byteLength = 0;
  try {
    byteLength = view.byteLength;
  } catch {
    // Only a DataView throws here: detached, or beyond the end of a buffer that has shrunk.
    throw detached(encoder);
  }
  if (byteLength === 0 && isDetached(view.buffer)) throw detached(encoder);
  return byteLength;
}

function encodeBinary(
  encoder: EnvelopeEncoder,
  view: ArrayBufferView,
  kind: number,
  byteLength: number,
): void {
  const { out } = encoder;
  if (byteLength > encoder.copyThreshold) {
    out.byte(valueType.offloaded);
    out.varint(kind);
    out.varint(byteLength);
    encoder.unit.place(view, byteLength, payloadAlignment, 0);
    return;
  }
  out.byte(valueType.inline);
  out.varint(kind);
  out.varint(byteLength);
  out.align(binaryKinds[kind]?.elementSize as number);
  out.bytes(
    view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, byteLength),
  );
}

function detached(encoder: EnvelopeEncoder) {
  return encoder.path.unsendable(
    'detached or out of the bounds of its buffer',
    'Send it before it is transferred or shrunk',
  );
}
