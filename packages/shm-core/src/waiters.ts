import type { AsyncWaitOptions } from './arena.js';
import { waitOf } from './arguments.js';
import type { Attachment } from './attachment.js';
import { native } from './native.js';
import { inNextTurn, turnWasDue } from './turn.js';
import { type AnyWaiter, type Waiter, WaiterQueue } from './waiter-queue.js';
import { WatchedSignals } from './watched-signals.js';

/** The part of an endpoint (a writer or a reader) that waiting calls need. */
export interface Waitable {
  /** Asks for a ring. True when an attempt may succeed already. */
  arm(): boolean;
  disarm(): void;
  addWait(nanoseconds: number): void;
}

/** After this many failed tries in one turn of the event loop, other callbacks run first. */
const triesPerTurn = 64;

/** The waiting calls of one endpoint, served in the order in which they were made. */
export class Waiters {
  readonly #queue = new WaiterQueue();
  readonly #signals = new WatchedSignals((signal) => this.#abort(signal));
  /** The endpoint has asked for a ring, and the ring has not come. */
  #armed = false;
  #closedError: (() => Error) | undefined;

  constructor(
    private readonly attachment: Attachment,
    private readonly endpoint: Waitable,
    private readonly spinMicroseconds: number,
  ) {}

  get waiting(): boolean {
    return this.#queue.first !== undefined;
  }

  /** When the longest wait began, by `performance.now()`. */
  get waitingSince(): number | undefined {
    return this.#queue.first?.since;
  }

  /** Throws the reason of a signal that has aborted. */
  checkSignal(signal: AbortSignal | undefined): void {
    this.#signals.check(signal);
  }

  /**
   * Waits until `attempt` returns something other than `undefined`. The caller has just tried it once.
   *
   * @param timedOut Makes the error for a wait that took longer than `options.timeoutMs`.
   */
  wait<T>(
    attempt: () => T | undefined,
    options: AsyncWaitOptions,
    timedOut: () => Error,
  ): Promise<T> {
    const timeoutMs = waitOf(options.timeoutMs);
    const { signal } = options;
    // A getter of the options may have closed the endpoint.
    if (this.#closedError) throw this.#closedError();
    return new Promise<T>((resolve, reject) => {
      const expire = () => {
        // Units may have come without a ring: see WakeCoalescing.
        this.retry();
        if (this.#remove(waiter)) reject(timedOut());
      };
      const timer = timeoutMs < 0 ? undefined : setTimeout(expire, timeoutMs);
      const waiter: Waiter<T> = {
        attempt,
        resolve,
        reject,
        since: performance.now(),
        signal,
        timer,
        queued: false,
        next: undefined,
        previous: undefined,
      };
      if (signal) this.#signals.watch(signal);
      this.#queue.push(waiter);
      this.attachment.startWaiting(this);
      // Only the first waiting call asks for a ring. The call that serves it serves the others as well.
      if (this.#queue.first !== waiter) return;
      if (this.spinMicroseconds > 0) this.#spin(waiter.since + this.spinMicroseconds / 1000);
      else if (this.#arm()) this.retry();
    });
  }

  /** Tries again, because a waiting call may succeed now. `rung`: the ring was for this endpoint. */
  look(rung: boolean): void {
    if (rung) this.#armed = false;
    this.retry();
  }

  /** Serves all waiting calls that can be served now, and asks for a ring for the next one. */
  retry(): void {
    for (let tries = 0; tries < triesPerTurn; tries++) {
      this.#serve();
      if (!this.waiting) return;
      if (turnWasDue()) break;
      if (!this.#arm()) return;
    }
    inNextTurn(() => this.retry());
  }

  /** Looks once in every turn of the event loop until `until`, and asks for a ring afterwards. */
  #spin(until: number): void {
    this.#serve();
    if (!this.waiting) return;
    if (performance.now() >= until) {
      this.retry();
      return;
    }
    // The process that this call waits for may need this core.
    native.yieldCpu();
    setImmediate(() => this.#spin(until));
  }

  /** When the arena is corrupt, rejects all waiting calls and returns false: no caller would catch it. */
  #arm(): boolean {
    this.#armed = true;
    try {
      return this.endpoint.arm();
    } catch (error) {
      this.rejectAll(() => error);
      return false;
    }
  }

  rejectAll(makeError: () => unknown): void {
    for (const waiter of this.#queue.all()) {
      this.#remove(waiter);
      waiter.reject(makeError());
    }
  }

  /** Ends every waiting call. No other call follows. */
  close(makeError: () => Error): void {
    this.#closedError = makeError;
    this.rejectAll(makeError);
    this.#signals.close();
  }

  #abort(signal: AbortSignal): void {
    for (const waiter of this.#queue.all()) {
      if (waiter.signal === signal && this.#remove(waiter)) waiter.reject(signal.reason);
    }
  }

  /** Serves one call after another, until a turn of the event loop is due. */
  #serve(): void {
    while (this.#serveFirst() && !turnWasDue()) {}
  }

  #serveFirst(): boolean {
    const waiter = this.#queue.first;
    if (!waiter) return false;
    try {
      const result = waiter.attempt();
      if (result === undefined) return false;
      this.#dequeue(waiter, true);
      waiter.resolve(result);
    } catch (error) {
      this.#dequeue(waiter, false);
      waiter.reject(error);
    }
    return true;
  }

  #remove(waiter: AnyWaiter): boolean {
    return waiter.queued && this.#dequeue(waiter, false);
  }

  /** @param served The call has used the ring, if one came: it is not passed on to another process. */
  #dequeue(waiter: AnyWaiter, served: boolean): true {
    this.#queue.delete(waiter);
    if (waiter.timer) clearTimeout(waiter.timer);
    if (waiter.signal) this.#signals.unwatch(waiter.signal);
    this.endpoint.addWait(Math.round((performance.now() - waiter.since) * 1e6));
    if (!this.waiting) {
      if (this.#armed || !served) this.endpoint.disarm();
      this.#armed = false;
      this.attachment.stopWaiting(this);
    }
    return true;
  }
}
