import type {
  AsyncWaitOptions,
  Borrowed,
  Lease,
  Reader,
  ReadIntoResult,
  WaitOptions,
  WakeCoalescing,
} from './arena.js';
import { checkBytes, checkInteger, waitOf } from './arguments.js';
import type { Attachment } from './attachment.js';
import { BatchReader } from './batch.js';
import { block } from './block.js';
import { asyncWaitOptions, waitOptions } from './call-options.js';
import { endpointClosed } from './closed.js';
import { waitableOf } from './coalescing.js';
import { unendedOf } from './diagnosis/unended.js';
import { envelopeBytes } from './envelope-slab.js';
import { ArenaError, invalidRange } from './errors.js';
import { LeaseTaker } from './lease.js';
import { LeaseOrigins, warnOfLeak } from './lease-origins.js';
import { Lender } from './loan.js';
import { type NativeReader, Status } from './native.js';
import { rejected, resolved, resolvedAnyhow } from './turn.js';
import { Waiters } from './waiters.js';

/** How a reader behaves; fixed when it is opened. */
export interface ReaderPolicy {
  /** True where records can be borrowed: in a ring. */
  readonly lends: boolean;
  /** The option that decides how many records are kept, where `kept` of them are. */
  roomOption(kept: number): string;
  readonly spinMicroseconds: number;
  readonly coalesce: WakeCoalescing | undefined;
  /** True: leaves the end of a stream whose writers nobody has counted to others. */
  readonly endless: boolean;
}

/** `null` is the end of the stream, `undefined` that nothing is there now. */
type Polled<T> = T | null | undefined;

export class ArenaReader implements Reader {
  readonly #waiters: Waiters;
  #ended = false;
  #closed = false;
  #lostBefore = 0;
  readonly #origins = new LeaseOrigins();
  readonly #taker: LeaseTaker;
  readonly #batches: BatchReader;
  readonly #lender: Lender;
  readonly #attemptToTake = () => this.#take();

  constructor(
    private readonly attachment: Attachment,
    readonly native: NativeReader,
    private readonly policy: ReaderPolicy,
    private readonly onClose: (reader: ArenaReader) => void,
  ) {
    const origins = this.#origins;
    attachment.stalls.origins.add(origins);
    native.onLeak((id) => warnOfLeak(origins, id));
    const waitable = waitableOf(native, attachment, policy.coalesce);
    this.#waiters = new Waiters(attachment, waitable, policy.spinMicroseconds);
    this.#taker = new LeaseTaker(native, origins);
    this.#batches = new BatchReader(native, this.#taker);
    this.#lender = new Lender(native);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get closed(): boolean {
    return this.#closed;
  }

  read(options?: AsyncWaitOptions): Promise<Lease | null> {
    return this.#waitFor(options, this.#attemptToTake);
  }

  tryRead(): Lease | null {
    return this.#lookIfNothing(this.#take()) ?? null;
  }

  readSync(options?: WaitOptions): Lease | null {
    const timeoutMs = waitOf(waitOptions.check(options).timeoutMs);
    return block<Lease | null>(
      timeoutMs,
      () => this.#take(),
      (milliseconds, continued) =>
        this.native.wait(milliseconds, continued ? 0 : this.policy.spinMicroseconds, continued),
      () => this.#timedOut(timeoutMs),
      (since) => this.attachment.stalls.look(since, true),
      () => this.native.endWait(),
    );
  }

  async readInto(target: Uint8Array, options?: AsyncWaitOptions): Promise<ReadIntoResult | null> {
    checkBytes('target', target);
    return this.#waitFor(options, () => this.#takeInto(target));
  }

  async readMany(max: number, options?: AsyncWaitOptions): Promise<Lease[] | null> {
    checkInteger('max', max, 1);
    return this.#waitFor(options, () => this.#takeMany(max, true));
  }

  tryReadMany(max: number): Lease[] {
    return this.#lookIfNothing(this.#takeMany(checkInteger('max', max, 1), false)) ?? [];
  }

  borrow(options?: AsyncWaitOptions): Promise<Borrowed | null> {
    return this.#waitFor(options, () => this.#borrow());
  }

  tryBorrow(): Borrowed | null {
    return this.#lookIfNothing(this.#borrow()) ?? null;
  }

  get lag(): number {
    return this.#closed ? 0 : this.native.lag();
  }

  get lost(): number {
    return this.native.lost();
  }

  syncToNewest(): void {
    this.#startReading();
    this.native.syncToNewest();
  }

  close(): void {
    if (this.#closed) return;
    this.#lender.end();
    this.#closed = true;
    this.#waiters.close(() => this.#closedError());
    this.native.close();
    this.onClose(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Lease> {
    const result = (lease: Lease | null): IteratorResult<Lease> =>
      lease === null ? { done: true, value: undefined } : { done: false, value: lease };
    const end = async (): Promise<IteratorResult<Lease>> => result(null);
    // This is intentional: no async function, as in #waitFor.
    const next = (): Promise<IteratorResult<Lease>> => {
      try {
        const lease = this.#waiters.waiting ? undefined : this.#take();
        if (lease === undefined) return this.read().then(result);
        return lease === null ? resolvedAnyhow(result(null)) : resolved(result(lease));
      } catch (error) {
        return rejected(error);
      }
    };
    return {
      next,
      return: end,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** This is intentional: no async function, which would cost every waiting call three turns more. */
  #waitFor<T>(given: AsyncWaitOptions | undefined, attempt: () => Polled<T>): Promise<T | null> {
    try {
      const options = asyncWaitOptions.check(given);
      const timeoutMs = waitOf(options.timeoutMs);
      this.#waiters.checkSignal(options.signal);
      // Nobody overtakes a call that waits already.
      const result = this.#waiters.waiting ? undefined : attempt();
      if (result === null) return resolvedAnyhow(null);
      if (result !== undefined) return resolved(result);
      if (timeoutMs === 0) {
        this.attachment.lookAfterPeers();
        throw this.#timedOut(0);
      }
      const asked = this.#origins.askedHere(attempt);
      return this.#waiters.wait<T | null>(asked, options, () => this.#timedOut(timeoutMs));
    } catch (error) {
      return rejected(error);
    }
  }

  #take(): Polled<Lease> {
    this.#startReading();
    if (this.#ended) return null;
    const taken = this.#taker.take();
    return typeof taken === 'number' ? this.#nothing(taken) : taken;
  }

  /** @param fair Contents itself with fewer once a turn of the event loop is due. */
  #takeMany(max: number, fair: boolean): Polled<Lease[]> {
    this.#startReading();
    if (this.#ended) return null;
    const leases = this.#batches.take(max, fair);
    return typeof leases === 'number' ? this.#nothing(leases) : leases;
  }

  #borrow(): Polled<Borrowed> {
    this.#startReading();
    if (!this.policy.lends) {
      throw invalidRange(
        'a pool lends nothing: its leases are views of shared memory. Use read().',
      );
    }
    if (this.#ended) return null;
    const loan = this.#lender.borrow();
    return typeof loan === 'number' ? this.#nothing(loan) : loan;
  }

  #takeInto(target: Uint8Array): Polled<ReadIntoResult> {
    this.#startReading();
    if (this.#ended) return null;
    const taken = this.native.takeInto(target);
    if (typeof taken !== 'number') {
      return { byteLength: taken[0], envelope: envelopeBytes(taken[1]) };
    }
    if (taken >= 0) return this.#nothing(taken as Status);
    throw invalidRange(
      `target too small: the unit has ${-taken} bytes, target ${target.byteLength}. It stays unread.`,
    );
  }

  /** Reading on ends the loan. */
  #startReading(): void {
    if (this.#closed) throw this.#closedError();
    this.#lender.end();
  }

  /** `undefined` for nothing now, `null` for the end; throws for the rest. */
  #nothing(status: Status): null | undefined {
    switch (status) {
      case Status.empty:
        return undefined;
      case Status.quiet:
        if (this.policy.endless || this.attachment.isAnybodyOnTheWay()) return undefined;
        if (!this.native.endQuietStream()) return undefined;
        this.#ended = true;
        return null;
      case Status.ended:
        this.#ended = true;
        return null;
      case Status.peerLost:
        throw writersLost();
      case Status.lapped:
        throw this.#lapped();
      default:
        throw this.#closedError();
    }
  }

  /** A unit that a dead peer left open may be the reason. A call that waits looks by itself. */
  #lookIfNothing<T>(polled: Polled<T>): Polled<T> {
    if (polled === undefined) this.attachment.lookAfterPeers();
    return polled;
  }

  #closedError(): ArenaError {
    return endpointClosed('reader', this.attachment);
  }

  #timedOut(timeoutMs: number): ArenaError {
    const unended = unendedOf(this.native.heldUpBy());
    return new ArenaError(
      'ERR_ARENA_TIMEOUT',
      `nothing to read within ${timeoutMs} ms${unended.fact}. ${unended.remedy ?? 'Wait longer, or write.'}`,
      unended.details,
    );
  }

  #lapped(): ArenaError {
    const lost = this.native.lost();
    const records = lost - this.#lostBefore;
    this.#lostBefore = lost;
    return new ArenaError(
      'ERR_ARENA_LAPPED',
      `the writers passed this reader: ${records} records were overwritten unread. Reading goes on at the oldest kept; read faster, or raise ${this.policy.roomOption(this.native.lag())}.`,
      { lostRecords: records },
    );
  }
}

const writersLost = () =>
  new ArenaError(
    'ERR_ARENA_PEER_LOST',
    'no writer is left: the processes that wrote have died without closing. Everything they committed was read. Attach a writer and read again.',
  );
