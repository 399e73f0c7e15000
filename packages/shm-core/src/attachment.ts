import type { NativeAttachment, NativeCreateOptions, NativeLostPeer } from './native.js';
import { native } from './native.js';
import type { Waiters } from './waiters.js';

/** Longest time between two looks of a waiting call: what a lost wake-up can cost at most. */
const recheckMs = 100;

/** This environment's hold on an arena: rings go to the calls that wait here. */
export class Attachment {
  readonly #waiting = new Set<Waiters>();
  #recheck: NodeJS.Timeout | undefined;

  private constructor(
    readonly native: NativeAttachment,
    onLost: (peer: NativeLostPeer) => void,
  ) {
    native.listen(() => this.#retryAll(), onLost);
  }

  static create(options: NativeCreateOptions, onLost: (peer: NativeLostPeer) => void): Attachment {
    return new Attachment(new native.Attachment(options), onLost);
  }

  static attach(handle: string, populate: boolean, onLost: (peer: NativeLostPeer) => void): Attachment {
    return new Attachment(new native.Attachment(handle, populate), onLost);
  }

  /** From now on the event loop stays alive for `waiters`, and rings are passed to it. */
  startWaiting(waiters: Waiters): void {
    if (this.#waiting.size === 0) this.native.ref(true);
    this.#waiting.add(waiters);
    this.#recheck ??= setInterval(() => this.#lookAgain(), recheckMs).unref();
  }

  stopWaiting(waiters: Waiters): void {
    this.#waiting.delete(waiters);
    // The interval is left running: whoever waited once will soon wait again.
    if (this.#waiting.size === 0) this.native.ref(false);
  }

  close(): void {
    clearInterval(this.#recheck);
    this.#recheck = undefined;
    this.native.close();
  }

  #lookAgain(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#recheck);
      this.#recheck = undefined;
      return;
    }
    this.native.checkPeers();
    this.#retryAll();
  }

  #retryAll(): void {
    for (const waiters of [...this.#waiting]) waiters.retry();
  }
}
