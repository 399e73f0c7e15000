import type { AsyncWaitOptions, OpenUnit, UnitOptions, WaitOptions, Writer } from './arena.js';
import { checkBytes, checkInteger, waitOf } from './arguments.js';
import type { Attachment } from './attachment.js';
import { block } from './block.js';
import { acquireOptions, acquireSyncOptions, unitOptions, WriteOptions } from './call-options.js';
import { endpointClosed } from './closed.js';
import { type EndpointParts, staysHere } from './endpoint.js';
import type { ArenaError } from './errors.js';
import { type NativeWriter, Status } from './native.js';
import { arenaFull, tooLarge } from './no-room.js';
import { FilledInPlace, type UnitOwner } from './open-unit.js';
import { at, numbers, statusLeft } from './results.js';
import type { UnitSize } from './room.js';
import { rejected, resolved, resolvedAnyhow, turnWasDue } from './turn.js';
import { Waiters } from './waiters.js';
import type { WriterPolicy } from './writer-policy.js';
import { checkUnits, withWritten } from './written-units.js';

const sizeOf = (
  byteLength: number,
  envelope: Uint8Array | undefined,
  queueLimit: number,
): UnitSize => ({ byteLength, envelopeLength: envelope?.byteLength ?? 0, queueLimit });

const plainOptions = new WriteOptions<object>({});

/**
 * A writer of any arena. It is all that a ring needs.
 *
 * `How` has the options by which calls of one kind of arena choose between queue and segment.
 */
export class ArenaWriter<How extends object = object> implements Writer, UnitOwner {
  static {
    staysHere.keep(ArenaWriter);
  }

  protected readonly staysHere = staysHere.mark;
  protected readonly policy: WriterPolicy;
  readonly native: NativeWriter;
  readonly #attachment: Attachment;
  readonly #onClose: (writer: object) => void;
  readonly #options: WriteOptions<How>;
  readonly #waiters: Waiters;
  /** The unit of the first waiting call. The core is asked for its room. */
  #wanted: UnitSize = sizeOf(0, undefined, 0);
  #closed = false;

  constructor(
    { attachment, native, onClose }: EndpointParts<NativeWriter>,
    policy: WriterPolicy,
    options: WriteOptions<How> = plainOptions as WriteOptions<How>,
  ) {
    this.policy = policy;
    this.native = native;
    this.#attachment = attachment;
    this.#onClose = onClose;
    this.#options = options;
    const endpoint = {
      arm: () => {
        const { byteLength, envelopeLength, queueLimit } = this.#wanted;
        return native.arm(byteLength, envelopeLength, queueLimit) === Status.ok;
      },
      disarm: () => native.disarm(),
      addWait: (nanoseconds: number) => native.addWait(nanoseconds),
    };
    this.#waiters = new Waiters(attachment, endpoint, policy.spinMicroseconds);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get unitTimeoutMs(): number {
    return this.policy.unitTimeoutMs;
  }

  // This is intentional, here and in `write`: the promises of an async function cost as much as the unit.
  acquire(byteLength: number, given?: AsyncWaitOptions & UnitOptions): Promise<OpenUnit> {
    try {
      const options = acquireOptions.check(given);
      const { envelope } = options;
      checkInteger('byteLength', byteLength, 0);
      const attempt = () => this.#open(byteLength, envelope);
      const unit = this.#tryNow(options, attempt);
      if (unit !== undefined) return resolved(unit);
      const again = () => {
        if (envelope) checkBytes('envelope', envelope);
        return attempt();
      };
      return this.#waitFor(byteLength, envelope, options, again, 0);
    } catch (error) {
      return rejected(error);
    }
  }

  tryAcquire(byteLength: number, options?: UnitOptions): OpenUnit | null {
    const { envelope } = unitOptions.check(options);
    checkInteger('byteLength', byteLength, 0);
    return this.#open(byteLength, envelope) ?? null;
  }

  acquireSync(byteLength: number, given?: WaitOptions & UnitOptions): OpenUnit {
    const options = acquireSyncOptions.check(given);
    const { envelope } = options;
    checkInteger('byteLength', byteLength, 0);
    return this.#blockFor(byteLength, envelope, options, () => this.#open(byteLength, envelope), 0);
  }

  write(bytes: Uint8Array, given?: AsyncWaitOptions & UnitOptions & How): Promise<void> {
    try {
      const options = this.#options.write.check(given);
      const { envelope } = options;
      checkBytes('bytes', bytes);
      const queueLimit = this.queuedBytes(options);
      const attempt = () => this.#put(bytes, envelope, queueLimit);
      if (this.#tryNow(options, attempt)) return resolved(undefined);
      // The program may transfer the bytes while this call waits.
      const again = () => {
        checkBytes('bytes', bytes);
        if (envelope) checkBytes('envelope', envelope);
        return attempt();
      };
      return this.#waitFor(bytes.byteLength, envelope, options, again, queueLimit).then(nothing);
    } catch (error) {
      return rejected(error);
    }
  }

  tryWrite(bytes: Uint8Array, given?: UnitOptions & How): boolean {
    const options = this.#options.tryWrite.check(given);
    checkBytes('bytes', bytes);
    return this.#put(bytes, options.envelope, this.queuedBytes(options)) ?? false;
  }

  writeSync(bytes: Uint8Array, given?: WaitOptions & UnitOptions & How): void {
    const options = this.#options.writeSync.check(given);
    const { envelope } = options;
    checkBytes('bytes', bytes);
    const queueLimit = this.queuedBytes(options);
    const attempt = () => this.#put(bytes, envelope, queueLimit);
    this.#blockFor(bytes.byteLength, envelope, options, attempt, queueLimit);
  }

  writeMany(units: readonly Uint8Array[], given?: AsyncWaitOptions & How): Promise<void> {
    try {
      const options = this.#options.writeMany.check(given);
      checkUnits(units);
      this.#waiters.checkSignal(options.signal);
      const written = this.#putMany(units, 0, options, true);
      if (written === units.length) return resolvedAnyhow(undefined);
      return this.#writeRest(units, written, options);
    } catch (error) {
      return rejected(withWritten(error, 0));
    }
  }

  async #writeRest(
    units: readonly Uint8Array[],
    first: number,
    options: AsyncWaitOptions & How,
  ): Promise<void> {
    let written = first;
    try {
      while (written < units.length) {
        await this.write(units[written] as Uint8Array, options);
        written++;
        written = this.#putMany(units, written, options, true);
      }
    } catch (error) {
      throw withWritten(error, written);
    }
  }

  tryWriteMany(units: readonly Uint8Array[], given?: How): number {
    checkUnits(units);
    return this.#putMany(units, 0, this.#options.tryWriteMany.check(given), false);
  }

  flush(): void {
    if (this.#closed) throw this.#closedError();
    this.native.flush();
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

  #open(byteLength: number, envelope: Uint8Array | undefined): OpenUnit | undefined {
    if (this.#closed) throw this.#closedError();
    const buffer = this.native.tryAcquire(byteLength, envelope);
    if (buffer !== undefined) return new FilledInPlace(this, buffer);
    this.#check(statusLeft(), byteLength, envelope, 0);
    return undefined;
  }

  #put(bytes: Uint8Array, envelope: Uint8Array | undefined, queueLimit: number): true | undefined {
    if (this.#closed) throw this.#closedError();
    const status = this.native.tryWrite(bytes, envelope, queueLimit);
    if (status === Status.ok) return true;
    this.#check(status, bytes.byteLength, envelope, queueLimit);
    return undefined;
  }

  /**
   * Writes from `first` on while there is room, and returns the index after the last unit written. Throws
   * only when it has written none.
   *
   * @param fair Stops when a turn of the event loop is due.
   */
  #putMany(units: readonly Uint8Array[], first: number, how: How, fair: boolean): number {
    if (this.#closed) throw this.#closedError();
    if (this.#waiters.waiting) return first;
    const queueLimit = this.queuedBytes(how);
    let next = first;
    while (next < units.length) {
      const status = this.native.tryWriteMany(units, next, queueLimit, fair);
      const count = numbers[at.count] as number;
      next += count;
      if (status !== Status.ok || count === 0) {
        if (next === first) this.#checkNext(units[next], status, queueLimit);
        break;
      }
      if (fair && turnWasDue()) break;
    }
    return next;
  }

  /** Throws where `unit` cannot be written. Its buffer may have been transferred away since the call began. */
  #checkNext(unit: Uint8Array | undefined, status: Status, queueLimit: number): void {
    const { byteLength } = checkBytes('every unit', unit);
    this.#check(status, byteLength, undefined, queueLimit);
  }

  /** Units of up to so many bytes go into the queue. */
  protected queuedBytes(_how: How): number {
    return this.policy.queuedBytes;
  }

  /** Throws for every status but `full`. A dead peer may be the reason for `full`: looks for dead peers. */
  #check(
    status: Status,
    byteLength: number,
    envelope: Uint8Array | undefined,
    queueLimit: number,
  ): void {
    if (status === Status.tooLarge) {
      throw tooLarge(sizeOf(byteLength, envelope, queueLimit), this.policy);
    }
    if (status === Status.closed) throw this.#closedError();
    this.#attachment.lookAfterPeers();
  }

  /** A call that waits already is served first. */
  #tryNow<T>(options: AsyncWaitOptions, attempt: () => T | undefined): T | undefined {
    this.#waiters.checkSignal(options.signal);
    return this.#waiters.waiting ? undefined : attempt();
  }

  #waitFor<T>(
    byteLength: number,
    envelope: Uint8Array | undefined,
    options: AsyncWaitOptions,
    attempt: () => T | undefined,
    queueLimit: number,
  ): Promise<T> {
    const size = sizeOf(byteLength, envelope, queueLimit);
    const full = () => arenaFull(size, this.policy, this.native);
    if (!this.policy.waits || options.timeoutMs === 0) throw full();
    // Only the first waiting call asks for its room. Each later call asks when it becomes the first.
    if (!this.#waiters.waiting) this.#wanted = size;
    const orStranded = () => {
      this.#wanted = size;
      const found = attempt();
      if (found === undefined) this.#throwIfStranded(this.native.stranded());
      return found;
    };
    return this.#waiters.wait(orStranded, options, full);
  }

  #blockFor<T>(
    byteLength: number,
    envelope: Uint8Array | undefined,
    options: WaitOptions,
    attempt: () => T | undefined,
    queueLimit: number,
  ): T {
    const timeoutMs = waitOf(options.timeoutMs);
    const { waits, spinMicroseconds } = this.policy;
    const size = sizeOf(byteLength, envelope, queueLimit);
    const wait = (milliseconds: number, continued: boolean) => {
      const status = this.native.wait(
        size.byteLength,
        size.envelopeLength,
        queueLimit,
        milliseconds,
        continued ? 0 : spinMicroseconds,
        continued,
      );
      this.#throwIfStranded(status);
    };
    return block(
      waits ? timeoutMs : 0,
      attempt,
      wait,
      () => arenaFull(size, this.policy, this.native),
      (since) => this.#attachment.stalls.look(since, true),
      () => this.native.endWait(),
    );
  }

  #closedError(): ArenaError {
    return endpointClosed('writer', this.#attachment);
  }

  /** Throws when no reader is left that could make room. */
  #throwIfStranded(status: Status): void {
    if (status !== Status.peerLost && status !== Status.noReaders) return;
    const error = this.policy.stranded?.(status);
    if (error !== undefined) throw error;
  }
}

const nothing = (): void => undefined;
