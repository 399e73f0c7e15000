/** Plans where an item's payloads will lie in its unit. */
import type { PlacedPayload } from '../binaries/payload.js';
import type { PayloadSource } from '../codec.js';
import { alignUp } from './format.js';

/** Payloads follow each other in the order of the calls of `place`. */
export class UnitPlan {
  #payloads: PlacedPayload[] = [];
  #byteLength = 0;

  /** The end of the last payload and its padding. */
  get byteLength(): number {
    return this.#byteLength;
  }

  place(
    source: ArrayBufferView | PayloadSource,
    byteLength: number,
    alignment: number,
    padding: number,
  ): void {
    const byteOffset = alignUp(this.#byteLength, alignment);
    this.#payloads.push({ source, byteOffset, byteLength, padding });
    this.#byteLength = byteOffset + byteLength + padding;
  }

  /** The payloads placed since the last `clear`; the caller keeps them. */
  take(): readonly PlacedPayload[] {
    const payloads = this.#payloads;
    this.#payloads = [];
    return payloads;
  }

  clear(): void {
    if (this.#payloads.length > 0) this.#payloads = [];
    this.#byteLength = 0;
  }
}
