import type { Lease } from './arena.js';
import { CopiedLease } from './copied-lease.js';
import { sharedSlab } from './envelope-slab.js';
import type { LeaseTaker } from './lease.js';
import type { NativeReader, Status } from './native.js';
import { turnWasDue } from './turn.js';

/** The units of a batch share a slab of this many bytes. */
const slabBytes = 128 * 1024;

/** Larger ones are read one by one: kBatchedBytes in native/binding/reader_wrap.cpp. */
const batchedBytes = 16 * 1024;

/** Numbers a row: offset, byteLength, envelopeOffset, envelopeLength. */
const rowLength = 4;

const noBytes = new Uint8Array(0);

/** Takes many small units with one native call. */
export class BatchReader {
  readonly #table: Float64Array;
  #slab = noBytes;

  constructor(
    private readonly native: NativeReader,
    private readonly taker: LeaseTaker,
  ) {
    this.#table = native.table;
  }

  /**
   * Up to `max` units, or why there is none.
   *
   * @param fair Contents itself with fewer once a turn of the event loop is due.
   */
  take(max: number, fair: boolean): Lease[] | Status {
    if (this.#slab.byteLength < batchedBytes) this.#slab = sharedSlab(slabBytes);
    const { slab, at, holder } = this.taker.envelopes;
    const taken = this.native.takeMany(this.#slab, max, slab, at, holder);
    if (typeof taken !== 'number') return this.#singly(this.taker.leaseOf(taken), max, fair);
    return taken < 0 ? this.#leases(-taken) : (taken as Status);
  }

  /** Leases come one by one, and so do large copies, of which one is enough. */
  #singly(first: Lease, max: number, fair: boolean): Lease[] {
    const leases = [first];
    while (first.zeroCopy && leases.length < max && !(fair && turnWasDue())) {
      const lease = this.taker.take();
      // Whatever it is, the next call meets it again: what is there comes first.
      if (typeof lease === 'number') break;
      leases.push(lease);
    }
    return leases;
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
