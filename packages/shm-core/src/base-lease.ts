import type { Lease } from './arena.js';
import { checkFunction } from './arguments.js';
import { ArenaError } from './errors.js';
import { StaysHere } from './stays-here.js';

const staysHere = new StaysHere('a lease', 'Send a copy of what it shows: lease.bytes.slice()');

/** The end of a lease, which is the same for every kind of lease. */
export abstract class BaseLease implements Lease {
  static {
    staysHere.keep(BaseLease);
  }

  /** This is intentional: the first field. See {@link StaysHere}. */
  protected readonly staysHere = staysHere.mark;
  abstract readonly bytes: Uint8Array;
  abstract readonly envelope: Uint8Array;
  abstract readonly zeroCopy: boolean;
  /** Gives the memory back. Called once, and never while a task uses the bytes. */
  protected abstract end(): void;
  protected abstract holdMemory(): () => void;
  #active = true;
  /** Number of running calls of `use`. */
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
      // A lease that was released meanwhile ends with its last use.
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
      'the lease was released: its memory is given back. Use the lease before, or read another unit.',
    );
  }
}
