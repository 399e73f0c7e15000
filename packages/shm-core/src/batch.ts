import type { Lease } from './arena.js';
import { CopiedLease } from './copied-lease.js';
import { sharedSlab } from './envelope-slab.js';
import type { LeaseTaker } from './lease.js';
import { constants, type NativeReader, Status } from './native.js';
import { at, numbers, row, rowLength, rows, statusLeft } from './results.js';
import { turnWasDue } from './turn.js';

/** The units of a batch share a slab of this many bytes. */
const slabBytes = 128 * 1024;

const { batchedBytes } = constants.limits;

const noBytes = new Uint8Array(0);

const isLargeCopy = ({ zeroCopy, bytes }: Lease): boolean =>
  !zeroCopy && bytes.byteLength > batchedBytes;

/** Takes many small units with one native call. */
export class BatchReader {
  #slab = noBytes;

  constructor(
    private readonly native: NativeReader,
    private readonly taker: LeaseTaker,
  ) {}

  /**
   * Up to `max` units, or the status that says why there is none.
   *
   * @param fair Returns fewer units when a turn of the event loop is due.
   */
  take(max: number, fair: boolean): Lease[] | Status {
    if (this.#slab.byteLength < batchedBytes) this.#slab = sharedSlab(slabBytes);
    const { envelopes } = this.taker;
    const large = this.native.takeMany(this.#slab, max, envelopes.slab, envelopes.at);
    if (large !== undefined) return this.#singly(this.taker.leaseOf(large), max, fair);
    const status = statusLeft();
    return status === Status.ok ? this.#leases(numbers[at.count] as number) : status;
  }

  /** Takes leases one by one, until one is a large copy. */
  #singly(first: Lease, max: number, fair: boolean): Lease[] {
    const leases = [first];
    let last = first;
    while (!isLargeCopy(last) && leases.length < max && !(fair && turnWasDue())) {
      const lease = this.taker.take();
      // The next call gets the same status again. The leases that are here come first.
      if (typeof lease === 'number') break;
      leases.push(lease);
      last = lease;
    }
    return leases;
  }

  #leases(count: number): Lease[] {
    const leases = new Array<Lease>(count);
    for (let i = 0, from = 0; i < count; i++, from += rowLength) {
      leases[i] = new CopiedLease(
        this.#part(from + row.offset, from + row.byteLength),
        this.#part(from + row.envelopeOffset, from + row.envelopeLength),
      );
    }
    // An envelope lies behind its bytes.
    const last = (count - 1) * rowLength;
    const used =
      (rows[last + row.envelopeOffset] as number) + (rows[last + row.envelopeLength] as number);
    this.#slab = this.#slab.subarray(Math.ceil(used / 8) * 8);
    return leases;
  }

  /** @param offsetAt The index of the offset of the part in `rows`; `lengthAt` is the index of its length. */
  #part(offsetAt: number, lengthAt: number): Uint8Array {
    const byteLength = rows[lengthAt] as number;
    if (byteLength === 0) return noBytes;
    const { buffer, byteOffset } = this.#slab;
    return new Uint8Array(buffer, byteOffset + (rows[offsetAt] as number), byteLength);
  }
}
