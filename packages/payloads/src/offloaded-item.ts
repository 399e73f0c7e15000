import { ArenaError } from '@arena/shm-core';
import { checkBytes, invalidRange } from '@arena/shm-core/internal';
import { fill, lengthNow, type PlacedPayload } from './binaries/payload.js';
import { EnvelopeEncoder } from './envelope/encoder.js';

/** A whole item as plain bytes: its unit and its envelope. */
export interface PackedItem {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

/**
 * An item that is taken apart: its envelope, and where each of its payloads goes in the unit. An arena takes it
 * by `acquire(byteLength, {envelope})`, `copyTo(unit.bytes)`, commit.
 */
export class OffloadedItem {
  readonly envelope: Uint8Array;
  /** Number of bytes that the unit needs; 0 when everything is in the envelope. */
  readonly byteLength: number;
  /** True when structured clone keeps all of the item. */
  readonly cloneable: boolean;
  readonly #item: unknown;
  readonly #payloads: readonly PlacedPayload[];
  readonly #spilled: Uint8Array | undefined;

  /** @internal Use `offloadItem`. */
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

  /**
   * Fills the unit. The item's binaries are read now, not when the item was offloaded.
   *
   * @param target At least `byteLength` bytes, on a 64-byte boundary.
   * @throws {RangeError} `target` is too small.
   * @throws {ArenaError} `ERR_ARENA_UNSENDABLE`: a binary was transferred or resized meanwhile.
   */
  copyTo(target: Uint8Array): void {
    checkBytes('target', target);
    if (target.byteLength < this.byteLength) {
      throw invalidRange(
        `the item needs ${this.byteLength} bytes, the target has ${target.byteLength}`,
      );
    }
    for (const { source, byteOffset, byteLength, padding } of this.#payloads) {
      // The unit holds old bytes. A view that has become shorter would leave some of them in it.
      if (ArrayBuffer.isView(source) && lengthNow(source) !== byteLength) {
        throw this.#changed(source, byteLength);
      }
      const end = byteOffset + byteLength;
      fill(source, target.subarray(byteOffset, end));
      if (padding > 0) target.fill(0, end, end + padding);
    }
    if (this.#spilled) target.set(this.#spilled, this.byteLength - this.#spilled.byteLength);
  }

  /** Copies the item into private memory. Its binaries are read now. */
  pack(): PackedItem {
    // This is intentional: not zeroed. Zeroing costs as much as filling.
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
