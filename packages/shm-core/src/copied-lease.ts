import { markAsUntransferable } from 'node:worker_threads';
import type { Lease } from './arena.js';

const noBytes = new Uint8Array(0);

/** A unit that lies in private memory of JavaScript's: a lease that has nothing to give back. */
export class CopiedLease implements Lease {
  readonly zeroCopy = false;
  #bytes: Uint8Array;
  #active = true;

  constructor(
    bytes: Uint8Array,
    readonly envelope: Uint8Array,
  ) {
    this.#bytes = bytes;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get active(): boolean {
    return this.#active;
  }

  hold(): () => void {
    let bytes: Uint8Array | undefined = this.#bytes;
    // It could otherwise be transferred away from whoever holds it.
    markAsUntransferable(bytes.buffer);
    return () => {
      bytes = undefined;
      void bytes;
    };
  }

  release(): void {
    this.#active = false;
    this.#bytes = noBytes;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
