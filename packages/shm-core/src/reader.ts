import type { AsyncWaitOptions, Lease, Reader, ReadIntoResult, WaitOptions } from './arena.js';
import { checkBytes, checkTimeout } from './arguments.js';
import type { Attachment } from './attachment.js';
import { ArenaError, invalidRange } from './errors.js';
import { envelopeBytes, type LeaseOrigins, TakenLease, warnOfLeak } from './lease.js';
import { type NativeReader, Status } from './native.js';
import { Waiters } from './waiters.js';

/** `null` is the end of the stream, `undefined` that nothing is there now. */
type Polled<T> = T | null | undefined;

export class ArenaReader implements Reader {
  readonly #origins: LeaseOrigins = new Map();
  readonly #waiters: Waiters;
  #ended = false;
  #closed = false;
  #lostBefore = 0;

  constructor(
    attachment: Attachment,
    readonly native: NativeReader,
    private readonly onClose: (reader: ArenaReader) => void,
  ) {
    const origins = this.#origins;
    native.onLeak((id) => warnOfLeak(origins, id));
    this.#waiters = new Waiters(attachment, native);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async read(options: AsyncWaitOptions = {}): Promise<Lease | null> {
    return this.#waitFor(options, () => this.#take());
  }

  tryRead(): Lease | null {
    return this.#take() ?? null;
  }

  readSync(options: WaitOptions = {}): Lease | null {
    const timeoutMs = checkTimeout(options.timeoutMs);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const lease = this.#take();
      if (lease !== undefined) return lease;
      const left = timeoutMs < 0 ? -1 : Math.max(0, deadline - performance.now());
      if (left === 0) throw readTimedOut(timeoutMs);
      this.native.wait(left);
    }
  }

  async readInto(target: Uint8Array, options: AsyncWaitOptions = {}): Promise<ReadIntoResult | null> {
    checkBytes('target', target);
    return this.#waitFor(options, () => this.#takeInto(target));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiters.rejectAll(readerClosed);
    this.native.close();
    this.onClose(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Lease> {
    for (;;) {
      const lease = await this.read();
      if (lease === null) return;
      yield lease;
    }
  }

  async #waitFor<T>(options: AsyncWaitOptions, attempt: () => Polled<T>): Promise<T | null> {
    const timeoutMs = checkTimeout(options.timeoutMs);
    options.signal?.throwIfAborted();
    // Nobody overtakes a call that waits already.
    const result = this.#waiters.waiting ? undefined : attempt();
    if (result !== undefined) return result;
    if (timeoutMs === 0) throw readTimedOut(0);
    return this.#waiters.wait<T | null>(attempt, options, () => readTimedOut(timeoutMs));
  }

  #take(): Polled<Lease> {
    this.#checkOpen();
    if (this.#ended) return null;
    const taken = this.native.take();
    return typeof taken === 'number'
      ? this.#nothing(taken)
      : new TakenLease(this.native, this.#origins, taken);
  }

  #takeInto(target: Uint8Array): Polled<ReadIntoResult> {
    this.#checkOpen();
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

  #checkOpen(): void {
    if (this.#closed) throw readerClosed();
  }

  /** `undefined` for nothing now, `null` for the end; throws for the rest. */
  #nothing(status: Status): null | undefined {
    switch (status) {
      case Status.empty:
        return undefined;
      case Status.ended:
        this.#ended = true;
        return null;
      case Status.peerLost:
        throw writersLost();
      case Status.lapped:
        throw this.#lapped();
      default:
        throw readerClosed();
    }
  }

  #lapped(): ArenaError {
    const lost = this.native.lost();
    const records = lost - this.#lostBefore;
    this.#lostBefore = lost;
    return new ArenaError(
      'ERR_ARENA_LAPPED',
      `the writers passed this reader: ${records} records were overwritten unread. Reading goes on at the oldest kept; read faster, or raise capacity.`,
      { lostRecords: records },
    );
  }

  /** Records between this reader and the newest one. */
  get lag(): number {
    return this.#closed ? 0 : this.native.lag();
  }

  /** Passes over everything but the newest record kept, where every reader sees every record. */
  syncToNewest(): void {
    this.#checkOpen();
    this.native.syncToNewest();
  }
}

const readerClosed = () =>
  new ArenaError('ERR_ARENA_CLOSED', 'the reader is closed. Open another with arena.reader().');

const readTimedOut = (timeoutMs: number) =>
  new ArenaError('ERR_ARENA_TIMEOUT', `nothing to read within ${timeoutMs} ms. Wait longer, or write.`);

const writersLost = () =>
  new ArenaError(
    'ERR_ARENA_PEER_LOST',
    'no writer is left: the processes that wrote have died without closing. Everything they committed was read.',
  );
