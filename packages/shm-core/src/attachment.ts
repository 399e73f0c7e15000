import type { NativeAttachment, NativeCreateOptions, NativeLostPeer } from './native.js';
import { native } from './native.js';
import type { Waiters } from './waiters.js';

/** Longest time between two looks of a waiting call: what a lost wake-up can cost at most. */
const recheckMs = 100;

/** Named arenas that this environment made. `process.exit()` and uncaught errors run no finalizer. */
const named = new Set<NativeAttachment>();

function removeNames(): void {
  for (const native of named) native.close();
}

/** This environment's hold on an arena: rings go to the calls that wait here. */
export class Attachment {
  readonly #waiting = new Set<Waiters>();
  #recheck: NodeJS.Timeout | undefined;
  /** The event loop is kept alive. */
  #kept = false;
  /** Somebody wants to hear of lost peers. */
  #watching = false;
  #lookedAt = 0;

  private constructor(
    readonly native: NativeAttachment,
    private readonly onLost: (peer: NativeLostPeer) => void,
  ) {
    // Weak: an arena that is dropped instead of closed can be collected. While a call waits, or
    // somebody listens, the timer holds it.
    const self = new WeakRef(this);
    native.listen(
      (rung) => self.deref()?.look(rung),
      (peer) => self.deref()?.onLost(peer),
    );
  }

  static create(options: NativeCreateOptions, onLost: (peer: NativeLostPeer) => void): Attachment {
    const made = new native.Attachment(options);
    if (options.name !== undefined) {
      if (named.size === 0) process.on('exit', removeNames);
      named.add(made);
    }
    return new Attachment(made, onLost);
  }

  static attach(
    handle: string,
    populate: boolean,
    onLost: (peer: NativeLostPeer) => void,
  ): Attachment {
    return new Attachment(new native.Attachment(handle, populate), onLost);
  }

  /** From now on the event loop stays alive for `waiters`, and rings are passed to it. */
  startWaiting(waiters: Waiters): void {
    this.#waiting.add(waiters);
    this.#keep(true);
    this.#recheck ??= setInterval(() => this.#lookAgain(), recheckMs).unref();
  }

  stopWaiting(waiters: Waiters): void {
    this.#waiting.delete(waiters);
    // Whoever waited once will soon wait again: the interval, and with it the hold on the event loop,
    // end with its next round.
  }

  /**
   * Whether to look after peers although nothing waits. A peer that joins is watched from the next
   * look on, and only then does its death announce itself.
   */
  watchPeers(watching: boolean): void {
    this.#watching = watching;
    if (watching) this.#recheck ??= setInterval(() => this.#lookAgain(), recheckMs).unref();
  }

  /** Looks after dead peers, unless it did so a moment ago: for calls that try and never wait. */
  lookAfterPeers(): void {
    const now = performance.now();
    if (now - this.#lookedAt < recheckMs) return;
    this.#lookedAt = now;
    this.native.checkPeers();
  }

  close(): void {
    if (named.delete(this.native) && named.size === 0) process.off('exit', removeNames);
    clearInterval(this.#recheck);
    this.#recheck = undefined;
    this.native.close();
  }

  #lookAgain(): void {
    if (this.#waiting.size === 0) this.#keep(false);
    if (this.#waiting.size === 0 && !this.#watching) {
      clearInterval(this.#recheck);
      this.#recheck = undefined;
      return;
    }
    this.native.checkPeers();
    for (const waiters of [...this.#waiting]) waiters.retry();
  }

  /** Something may have become possible for a call that waits. */
  look(rung: boolean): void {
    const alone = this.#waiting.size === 1;
    for (const waiters of alone ? this.#waiting : [...this.#waiting]) waiters.look(rung && alone);
  }

  #keep(alive: boolean): void {
    if (this.#kept === alive) return;
    this.#kept = alive;
    this.native.ref(alive);
  }
}
