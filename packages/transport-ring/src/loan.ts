import { ArenaError } from '@arena/shm-core';
import {
  at,
  maxViewBytes,
  type NativeBroadcastReader,
  numbers,
  Status,
  StaysHere,
} from '@arena/shm-core/internal';

/** A record that is read in the ring itself, without a copy. */
export interface Borrowed extends Disposable {
  /**
   * The record's bytes in shared memory. They are valid until `release`, or until the reader reads on.
   * After that they show the bytes of other records.
   */
  readonly bytes: Uint8Array;
  /** A private copy. */
  readonly envelope: Uint8Array;
  /**
   * True when a writer has overwritten the record: the bytes that were read may be torn. Ask after you
   * have used the bytes, or after `release`. Then the answer is final, and a record that was overtaken
   * counts as lost. Always false in a ring that does not overwrite.
   */
  readonly overtaken: boolean;
  /** Ends the loan: the record counts as read. A second call does nothing. */
  release(): void;
  [Symbol.dispose](): void;
}

const noBytes = new Uint8Array(0);

const staysHere = new StaysHere(
  'a borrowed record',
  'Send a copy of what it shows: borrowed.bytes.slice()',
);

/** The record that a reader has borrowed: at most one at a time. */
export class Loan implements Borrowed {
  static {
    staysHere.keep(Loan);
  }

  protected readonly staysHere = staysHere.mark;
  readonly #native: NativeBroadcastReader;
  readonly #envelopeInPlace: Uint8Array;
  #current = true;
  #overtaken = false;
  #envelope: Uint8Array | undefined;

  constructor(
    native: NativeBroadcastReader,
    readonly bytes: Uint8Array,
    envelopeInPlace: Uint8Array,
  ) {
    this.#native = native;
    this.#envelopeInPlace = envelopeInPlace;
  }

  get envelope(): Uint8Array {
    this.#envelope ??=
      this.#envelopeInPlace.byteLength > 0 ? this.#envelopeInPlace.slice() : noBytes;
    return this.#envelope;
  }

  get overtaken(): boolean {
    return this.#current ? this.#native.overtaken() : this.#overtaken;
  }

  release(): void {
    if (!this.#current) return;
    // The program may ask for the envelope later, when its place has another record.
    this.#envelope = this.envelope;
    this.#current = false;
    // Keep the answer of the release. An earlier answer of "no" could be out of date.
    this.#overtaken = this.#native.endLoan() === Status.lapped;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Lends the records of one reader, one at a time. */
export class Lender {
  /** The ring's bytes, twice in a row; or as many bytes from `#from` on as the runtime can view. */
  #records: ArrayBuffer | undefined;
  #from = 0;
  #loan: Loan | undefined;

  constructor(private readonly native: NativeBroadcastReader) {}

  /** The next record, or the status that says why there is none. */
  borrow(): Loan | Status {
    const status = this.native.borrow();
    if (status !== Status.ok) return status;
    this.#loan = this.#lend(
      numbers[at.offset] as number,
      numbers[at.byteLength] as number,
      numbers[at.envelopeOffset] as number,
      numbers[at.envelopeLength] as number,
    );
    return this.#loan;
  }

  end(): void {
    this.#loan?.release();
    this.#loan = undefined;
  }

  /** The envelope lies behind the bytes. */
  #lend(offset: number, byteLength: number, envelopeAt: number, envelopeLength: number): Loan {
    const end = envelopeLength > 0 ? envelopeAt + envelopeLength : offset + byteLength;
    if (end - offset <= maxViewBytes) {
      this.#show(offset, end - offset);
      return new Loan(
        this.native,
        this.#view(offset, byteLength),
        this.#view(envelopeAt, envelopeLength),
      );
    }
    // Too long for one view. The view of the bytes ends the view of the envelope, so copy the envelope first.
    const envelope = this.#view(envelopeAt, envelopeLength).slice();
    return new Loan(this.native, this.#view(offset, byteLength), envelope);
  }

  #view(offset: number, byteLength: number): Uint8Array {
    if (byteLength === 0) return noBytes;
    const records = this.#show(offset, byteLength);
    return new Uint8Array(records, offset - this.#from, byteLength);
  }

  /** A buffer that shows these bytes: the present one, unless it is too short or was moved away. */
  #show(offset: number, byteLength: number): ArrayBuffer {
    for (const from of [0, offset]) {
      if (this.#records && this.#shows(offset, byteLength)) return this.#records;
      this.#from = from;
      this.#records = this.native.records(from);
    }
    if (this.#records) return this.#records;
    throw new ArenaError(
      'ERR_ARENA_SYSTEM',
      'this runtime allows no views of shared memory. Use read(), which copies.',
    );
  }

  #shows(offset: number, byteLength: number): boolean {
    const start = offset - this.#from;
    return start >= 0 && start + byteLength <= (this.#records?.byteLength ?? 0);
  }
}
