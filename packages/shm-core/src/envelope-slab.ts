import { markAsUntransferable } from 'node:worker_threads';
import { receivedEnvelope } from './results.js';

const slabBytes = 16 * 1024;
const noBytes = new Uint8Array(0);

/**
 * Memory that several units share. It is not zeroed, because every byte that a unit shows was copied
 * there. It cannot be transferred away with one of the units, like Node's own pool of buffers.
 */
export function sharedSlab(byteLength: number): Uint8Array<ArrayBuffer> {
  const slab = Buffer.allocUnsafeSlow(byteLength);
  markAsUntransferable(slab.buffer);
  return slab;
}

/**
 * Private memory for envelopes, one behind the other.
 *
 * This is intentional: an ArrayBuffer for each envelope would cost an allocation, and more. V8 collects
 * garbage before it allocates one, as long as there are new views of 32 MiB, and each lease makes one.
 */
export class EnvelopeSlab {
  #slab = noBytes;
  #at = 0;

  get slab(): Uint8Array {
    return this.#slab;
  }

  get at(): number {
    return this.#at;
  }

  /** The envelope that was received last, of `byteLength` bytes. */
  next(byteLength: number): Uint8Array {
    if (byteLength === 0) return noBytes;
    // The slab had no room left for it.
    const apart = receivedEnvelope();
    if (apart) {
      this.#renew();
      return new Uint8Array(apart);
    }
    const envelope = new Uint8Array(this.#slab.buffer, this.#at, byteLength);
    this.#at += Math.ceil(byteLength / 8) * 8;
    return envelope;
  }

  #renew(): void {
    try {
      this.#slab = sharedSlab(slabBytes);
      this.#at = 0;
    } catch {
      // No memory. The unit was taken and must not be lost; the next envelope comes apart as well.
    }
  }
}
