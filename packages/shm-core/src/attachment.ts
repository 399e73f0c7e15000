import { threadId } from 'node:worker_threads';
import { StallWatch } from './diagnosis/stall-watch.js';
import type { NativeAttachment, NativeCreateOptions, NativeLostPeer } from './native.js';
import { native } from './native.js';
import { isAnybodyOnTheWay } from './on-the-way.js';
import type { Waiters } from './waiters.js';

/** Looking through all processes takes some milliseconds, so the answer "yes" is kept this long. */
const onTheWayMs = 50;

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
  #ending = false;
  /** Somebody wants to hear of lost peers. */
  #watching = false;
  /** Says what keeps calls waiting. */
  readonly stalls: StallWatch;
  #lookedAt = 0;
  #onTheWayAt = Number.NEGATIVE_INFINITY;

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
      () => self.deref()?.stalls.lookAtSegments(false),
    );
    this.stalls = new StallWatch(native);
  }

  static create(options: NativeCreateOptions, onLost: (peer: NativeLostPeer) => void): Attachment {
    const made = new native.Attachment(options, threadId);
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
    return new Attachment(new native.Attachment(handle, populate, threadId), onLost);
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

  /** Whether a process or thread may still open a writer: see on-the-way.ts. */
  isAnybodyOnTheWay(): boolean {
    const now = performance.now();
    if (now - this.#onTheWayAt < onTheWayMs) return true;
    const handle = this.native.handle();
    // The number at the end of an anonymous arena's handle is the same in every process.
    const sign = handle.includes(':name:') ? handle : handle.slice(handle.lastIndexOf(':') + 1);
    const { creatorPid } = this.native.config();
    const found = isAnybodyOnTheWay(sign, creatorPid, this.native.arrivals());
    if (found) this.#onTheWayAt = now;
    return found;
  }

  /** Tells, where a stream has ended here, that writers came after that. */
  warnOfRefusedWriters(): void {
    const refused = this.native.refusedWriters();
    if (refused === 0) return;
    process.emitWarning(
      `writers refused after the end of the stream: ${refused} (ERR_ARENA_ENDED). What they had to send is missing here. Create the arena with { writers: n } for all of them, and call end() only once they have come.`,
      { type: 'ArenaWarning', code: 'ARENA_WRITERS_REFUSED' },
    );
  }

  /** True once its arena is closed, or is closing its endpoints. */
  get ending(): boolean {
    return this.#ending;
  }

  /** From now on endpoints that close do so because their arena does. */
  end(): void {
    this.#ending = true;
  }

  close(): void {
    this.#ending = true;
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
    for (const waiters of [...this.#waiting]) {
      waiters.retry();
      const since = waiters.waitingSince;
      if (since !== undefined) this.stalls.look(since, false);
    }
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
