import { markAsUntransferable } from 'node:worker_threads';
import type { Lease } from './arena.js';
import { type NativeReader, Status } from './native.js';

/** Units of one batch share a slab of this many bytes: larger ones are read one by one. */
const slabBytes = 64 * 1024;

/** Numbers a row: offset, byteLength, envelopeOffset, envelopeLength. */
const rowLength = 4;

/** Most units that one native call takes. */
const maxRows = 1024;

const noBytes = new Uint8Array(0);

/** A small unit that was copied out with others. It has nothing to give back. */
class CopiedLease implements Lease {
  readonly zeroCopy = false;
  #bytes: Uint8Array;
  #active = true;

  constructor(
    bytes: Uint8Array,
    readonly envelope: Uint8Array,
  ) {
    this.#bytes = bytes;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get active(): boolean {
    return this.#active;
  }

  hold(): () => void {
    markAsUntransferable(this.#bytes.buffer);
    let bytes: Uint8Array | undefined = this.#bytes;
    return () => {
      bytes = undefined;
      void bytes;
    };
  }

  release(): void {
    this.#active = false;
    this.#bytes = noBytes;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Takes many small units with one native call each time. */
export class BatchReader {
  readonly #table = new Float64Array(maxRows * rowLength);
  #slab = noBytes;

  constructor(private readonly native: NativeReader) {}

  /**
   * Up to `max` units.
   *
   * @returns `ok` when the next unit is there, and too large for a batch or leased; else why there
   *   is none.
   */
  take(max: number): Lease[] | Status {
    let count = this.native.takeMany(this.#slab, this.#table, max);
    if (count === 0 && this.#slab.byteLength < slabBytes) {
      this.#slab = new Uint8Array(slabBytes);
      count = this.native.takeMany(this.#slab, this.#table, max);
    }
    if (count < 0) return (-1 - count) as Status;
    return count === 0 ? Status.ok : this.#leases(count);
  }

  #leases(count: number): Lease[] {
    const leases = new Array<Lease>(count);
    for (let i = 0, row = 0; i < count; i++, row += rowLength) {
      leases[i] = new CopiedLease(this.#part(row), this.#part(row + 2));
    }
    const last = count * rowLength - 2;
    const used = (this.#table[last] as number) + (this.#table[last + 1] as number);
    this.#slab = this.#slab.subarray(Math.ceil(used / 8) * 8);
    return leases;
  }

  #part(at: number): Uint8Array {
    const byteLength = this.#table[at + 1] as number;
    if (byteLength === 0) return noBytes;
    const { buffer, byteOffset } = this.#slab;
    return new Uint8Array(buffer, byteOffset + (this.#table[at] as number), byteLength);
  }
}
