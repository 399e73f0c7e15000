/** Uint8Array, Buffer and ArrayBuffer: bytes that come back as the type that was sent. */
import { Buffer } from 'node:buffer';
import type { BinaryKind } from './typed-arrays.js';

export const byteKinds: readonly BinaryKind[] = [
  {
    name: 'Uint8Array',
    prototype: Uint8Array.prototype,
    elementSize: 1,
    view: (buffer, byteOffset, byteLength) => new Uint8Array(buffer, byteOffset, byteLength),
  },
  {
    name: 'Buffer',
    prototype: Buffer.prototype,
    elementSize: 1,
    view: (buffer, byteOffset, byteLength) => Buffer.from(buffer, byteOffset, byteLength),
  },
  {
    // This is intentional: an ArrayBuffer always starts at its first byte, and the shared memory
    // holds other payloads as well. So an ArrayBuffer is copied where it arrives.
    name: 'ArrayBuffer',
    prototype: ArrayBuffer.prototype,
    elementSize: 1,
    view: undefined,
  },
];

/**
 * True when `buffer` was transferred away. Node 20 lacks `ArrayBuffer.prototype.detached`. In every
 * version, making a view of a detached buffer fails.
 */
export function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    return new Uint8Array(buffer).byteLength > 0;
  } catch {
    return true;
  }
}

/** The bytes of any view, without a copy. */
export function bytesUnder(view: ArrayBufferView): Uint8Array {
  return view instanceof Uint8Array
    ? view
    : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
