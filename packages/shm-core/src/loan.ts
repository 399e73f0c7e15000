import type { Borrowed } from './arena.js';
import { ArenaError } from './errors.js';
import { type NativeReader, Status } from './native.js';

/** The record that a reader has borrowed: at most one at a time. */
export class Loan implements Borrowed {
  #current = true;
  #overtaken = false;
  #envelope: Uint8Array | undefined;

  constructor(
    private readonly native: NativeReader,
    readonly bytes: Uint8Array,
    private readonly envelopeInPlace: Uint8Array,
  ) {}

  get envelope(): Uint8Array {
    this.#envelope ??= this.envelopeInPlace.slice();
    return this.#envelope;
  }

  get overtaken(): boolean {
    return this.#current ? this.native.overtaken() : this.#overtaken;
  }

  release(): void {
    if (!this.#current) return;
    this.#current = false;
    // What the release found stays: asked before, an answer of "not yet" could be out of date by now.
    this.#overtaken = !this.native.endLoan();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Lends the records of one reader, one at a time. */
export class Lender {
  #records: ArrayBuffer | undefined;
  #loan: Loan | undefined;

  constructor(private readonly native: NativeReader) {}

  /** The next record, or why there is none. */
  borrow(): Loan | Status {
    const status = this.native.borrow();
    if (status !== Status.ok) return status;
    const { table } = this.native;
    this.#loan = new Loan(
      this.native,
      this.#view(table[0] as number, table[1] as number),
      this.#view(table[2] as number, table[3] as number),
    );
    return this.#loan;
  }

  end(): void {
    this.#loan?.release();
    this.#loan = undefined;
  }

  #view(offset: number, byteLength: number): Uint8Array {
    this.#records ??= this.native.records();
    if (!this.#records) {
      throw new ArenaError(
        'ERR_ARENA_SYSTEM',
        'this runtime allows no views of shared memory. Use read(), which copies.',
      );
    }
    return new Uint8Array(this.#records, offset, byteLength);
  }
}
