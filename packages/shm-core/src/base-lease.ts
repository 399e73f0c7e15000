import type { Lease } from './arena.js';
import { checkFunction } from './arguments.js';
import { ArenaError } from './errors.js';

/** What leases have in common: when they end. */
export abstract class BaseLease implements Lease {
  abstract readonly bytes: Uint8Array;
  abstract readonly envelope: Uint8Array;
  abstract readonly zeroCopy: boolean;
  /** Called once, and not while the bytes are used. */
  protected abstract end(): void;
  protected abstract holdMemory(): () => void;
  #active = true;
  /** Calls of `use` under way. */
  #uses = 0;

  get active(): boolean {
    return this.#active;
  }

  async use<T>(task: (bytes: Uint8Array) => T | PromiseLike<T>): Promise<T> {
    checkFunction('task', task);
    this.#checkActive();
    this.#uses++;
    try {
      return await task(this.bytes);
    } finally {
      this.#uses--;
      // Released meanwhile, the lease has not ended yet.
      this.#active = this.#active && this.#uses > 0;
      if (this.#uses === 0) this.end();
    }
  }

  hold(): () => void {
    this.#checkActive();
    return this.holdMemory();
  }

  release(): void {
    if (!this.#active) return;
    this.#active = false;
    if (this.#uses === 0) this.end();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #checkActive(): void {
    if (this.#active) return;
    throw new ArenaError(
      'ERR_ARENA_LEASE_RELEASED',
      'the lease was released: its memory is given back. Use it before, or read another.',
    );
  }
}
