import type {
  AsyncWaitOptions,
  Lease,
  Reader,
  ReaderOptions,
  ReadIntoResult,
  WaitOptions,
} from './arena.js';
import { checkBytes, checkInteger, waitOf } from './arguments.js';
import type { Attachment } from './attachment.js';
import { BatchReader } from './batch.js';
import { block } from './block.js';
import { asyncWaitOptions, waitOptions } from './call-options.js';
import { endpointClosed } from './closed.js';
import { waitableOf } from './coalescing.js';
import { unendedOf } from './diagnosis/unended.js';
import { type EndpointParts, staysHere } from './endpoint.js';
import { ArenaError, invalidRange } from './errors.js';
import { LeaseTaker } from './lease.js';
import { LeaseOrigins, warnOfLeak } from './lease-origins.js';
import { type NativeReader, Status } from './native.js';
import { at, numbers, receivedEnvelope } from './results.js';
import { StreamEnd } from './stream-end.js';
import { rejected, resolved, resolvedAnyhow } from './turn.js';
import { UnitIterator } from './unit-iterator.js';
import { Waiters } from './waiters.js';

const noBytes = new Uint8Array(0);

/** `null` is the end of the stream. `undefined`: there is nothing now. */
export type Polled<T> = T | null | undefined;

/**
 * A reader of any arena. A pool without fan-out needs no more. The readers of other arenas are built from
 * its protected members.
 */
export class ArenaReader implements Reader {
  static {
    staysHere.keep(ArenaReader);
  }

  protected readonly staysHere = staysHere.mark;
  protected readonly attachment: Attachment;
  protected readonly native: NativeReader;
  readonly #onClose: (reader: ArenaReader) => void;
  readonly #spinMicroseconds: number;
  readonly #stream: StreamEnd;
  readonly #waiters: Waiters;
  #ended = false;
  #closed = false;
  readonly #origins = new LeaseOrigins();
  readonly #taker: LeaseTaker;
  readonly #batches: BatchReader;
  readonly #attemptToTake = () => this.#take();

  constructor(
    { attachment, native, onClose }: EndpointParts<NativeReader>,
    { spinMicroseconds = 0, coalesce, endless = false }: ReaderOptions,
  ) {
    this.attachment = attachment;
    this.native = native;
    this.#onClose = onClose;
    this.#spinMicroseconds = spinMicroseconds;
    this.#stream = new StreamEnd(native, attachment, endless);
    const origins = this.#origins;
    attachment.stalls.origins.add(origins);
    native.onLeak((id) => warnOfLeak(origins, id));
    const waitable = waitableOf(native, attachment, coalesce);
    this.#waiters = new Waiters(attachment, waitable, spinMicroseconds);
    this.#taker = new LeaseTaker(native, origins);
    this.#batches = new BatchReader(native, this.#taker);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get closed(): boolean {
    return this.#closed;
  }

  read(options?: AsyncWaitOptions): Promise<Lease | null> {
    return this.waitFor(options, this.#attemptToTake);
  }

  tryRead(): Lease | null {
    return this.lookIfNothing(this.#take()) ?? null;
  }

  readSync(options?: WaitOptions): Lease | null {
    const timeoutMs = waitOf(waitOptions.check(options).timeoutMs);
    return block<Lease | null>(
      timeoutMs,
      () => this.#take(),
      (milliseconds, continued) =>
        this.native.wait(milliseconds, continued ? 0 : this.#spinMicroseconds, continued),
      () => this.#timedOut(timeoutMs),
      (since) => this.attachment.stalls.look(since, true),
      () => this.native.endWait(),
    );
  }

  async readInto(target: Uint8Array, options?: AsyncWaitOptions): Promise<ReadIntoResult | null> {
    checkBytes('target', target);
    // The program may transfer the target while this call waits.
    return this.waitFor(options, () => this.#takeInto(checkBytes('target', target)));
  }

  async readMany(max: number, options?: AsyncWaitOptions): Promise<Lease[] | null> {
    checkInteger('max', max, 1);
    return this.waitFor(options, () => this.#takeMany(max, true));
  }

  tryReadMany(max: number): Lease[] {
    return this.lookIfNothing(this.#takeMany(checkInteger('max', max, 1), false)) ?? [];
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiters.close(() => this.#closedError());
    this.native.close();
    this.#onClose(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Lease> {
    return new UnitIterator<Lease>({
      take: () => {
        const lease = this.#waiters.waiting ? undefined : this.#take();
        return lease === undefined ? undefined : resultOf(lease);
      },
      wait: () => this.read().then(resultOf),
      leave: () => {},
    });
  }

  /** This is intentional: an async function would cost every waiting call three more microtasks. */
  protected waitFor<T>(
    given: AsyncWaitOptions | undefined,
    attempt: () => Polled<T>,
  ): Promise<T | null> {
    try {
      const options = asyncWaitOptions.check(given);
      const timeoutMs = waitOf(options.timeoutMs);
      this.#waiters.checkSignal(options.signal);
      // A call that waits already gets its unit first.
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
    this.startReading();
    if (this.#ended) return null;
    const taken = this.#taker.take();
    return typeof taken === 'number' ? this.nothing(taken) : taken;
  }

  /** @param fair Returns fewer units when a turn of the event loop is due. */
  #takeMany(max: number, fair: boolean): Polled<Lease[]> {
    this.startReading();
    if (this.#ended) return null;
    const leases = this.#batches.take(max, fair);
    return typeof leases === 'number' ? this.nothing(leases) : leases;
  }

  #takeInto(target: Uint8Array): Polled<ReadIntoResult> {
    this.startReading();
    if (this.#ended) return null;
    const status = this.native.takeInto(target);
    const byteLength = numbers[at.byteLength] as number;
    if (status === Status.ok) {
      const envelope = receivedEnvelope();
      return { byteLength, envelope: envelope ? new Uint8Array(envelope) : noBytes };
    }
    if (status !== Status.tooLarge) return this.nothing(status);
    throw invalidRange(
      `target too small: the unit has ${byteLength} bytes, target ${target.byteLength}. It stays unread.`,
    );
  }

  /** Every call that moves on begins with this. It throws when the reader is closed. */
  protected startReading(): void {
    if (this.#closed) throw this.#closedError();
  }

  /** Returns `undefined` for nothing now and `null` for the end. Throws for every other status. */
  protected nothing(status: Status): null | undefined {
    switch (status) {
      case Status.empty:
        return undefined;
      case Status.ended:
        return this.#end();
      case Status.quiet:
        return this.#stream.endsQuietly() ? this.#end() : undefined;
      case Status.peerLost:
        this.#stream.throwIfLost();
        return undefined;
      default:
        throw this.#closedError();
    }
  }

  #end(): null {
    this.#ended = true;
    return null;
  }

  /**
   * A dead peer may have left a unit open. A call that tries looks for dead peers here. A call that waits
   * does so by itself.
   */
  protected lookIfNothing<T>(polled: Polled<T>): Polled<T> {
    if (polled === undefined) this.attachment.lookAfterPeers();
    return polled;
  }

  #closedError(): ArenaError {
    return endpointClosed('reader', this.attachment);
  }

  #timedOut(timeoutMs: number): ArenaError {
    const unended = unendedOf(this.native.heldUpBy(), this.attachment.config.unitTimeoutMs);
    return new ArenaError(
      'ERR_ARENA_TIMEOUT',
      `nothing to read within ${timeoutMs} ms${unended.fact}. ${unended.remedy ?? 'Wait longer, or write.'}`,
      unended.details,
    );
  }
}

const resultOf = (lease: Lease | null): IteratorResult<Lease, undefined> =>
  lease === null ? { done: true, value: undefined } : { done: false, value: lease };
