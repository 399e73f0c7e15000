import {
  ArenaError,
  type AsyncWaitOptions,
  type Reader,
  type ReaderOptions,
} from '@arena/shm-core';
import {
  BroadcastReader,
  type EndpointParts,
  type NativeBroadcastReader,
  type Polled,
  Status,
} from '@arena/shm-core/internal';
import { type Borrowed, Lender } from './loan.js';
import { type RingSizes, roomOption } from './room.js';

/** A reader of a ring: it has a position of its own, and sees every record. */
export interface RingReader extends Reader {
  /**
   * Waits for the next record, and lends it in the ring itself, without a copy.
   *
   * @returns The loan, valid until it is released or this reader reads on; `null` at the end.
   * @throws {ArenaError} As `read`.
   */
  borrow(options?: AsyncWaitOptions): Promise<Borrowed | null>;
  /** The next record if it is there now, or `null`. */
  tryBorrow(): Borrowed | null;
  /** Number of committed records that this reader has not read. */
  readonly lag: number;
  /** Number of records that overwriting writers took from this reader. */
  readonly lost: number;
  /** Passes over all records but the newest one that is kept. */
  syncToNewest(): void;
}

/** Reads records as copies, or borrows them. */
export class RecordReader extends BroadcastReader implements RingReader {
  readonly #lender: Lender;
  readonly #sizes: RingSizes;
  #lostBefore = 0;

  constructor(
    parts: EndpointParts<NativeBroadcastReader>,
    options: ReaderOptions,
    sizes: RingSizes,
  ) {
    super(parts, options);
    this.#lender = new Lender(parts.native);
    this.#sizes = sizes;
  }

  borrow(options?: AsyncWaitOptions): Promise<Borrowed | null> {
    return this.waitFor(options, () => this.#borrow());
  }

  tryBorrow(): Borrowed | null {
    return this.lookIfNothing(this.#borrow()) ?? null;
  }

  get lost(): number {
    return this.native.lost();
  }

  override close(): void {
    if (!this.closed) this.#lender.end();
    super.close();
  }

  #borrow(): Polled<Borrowed> {
    this.startReading();
    if (this.ended) return null;
    const loan = this.#lender.borrow();
    return typeof loan === 'number' ? this.nothing(loan) : loan;
  }

  /** Reading on ends the loan. */
  protected override startReading(): void {
    super.startReading();
    this.#lender.end();
  }

  protected override nothing(status: Status): null | undefined {
    if (status === Status.lapped) throw this.#lapped();
    return super.nothing(status);
  }

  #lapped(): ArenaError {
    const lost = this.native.lost();
    const records = lost - this.#lostBefore;
    this.#lostBefore = lost;
    return new ArenaError(
      'ERR_ARENA_LAPPED',
      `the writers passed this reader: ${records} records were overwritten unread. Reading goes on at the oldest kept; read faster, or raise ${roomOption(this.#sizes, this.native.lag())}.`,
      { lostRecords: records },
    );
  }
}
