import { markAsUntransferable } from 'node:worker_threads';
import { BaseLease } from './base-lease.js';
import { ArenaError } from './errors.js';

const noBytes = new Uint8Array(0);

/** A unit that lies in private memory of JavaScript's: a lease that has nothing to give back. */
export class CopiedLease extends BaseLease {
  readonly zeroCopy = false;
  #bytes: Uint8Array;
  #byteLength: number;

  constructor(
    bytes: Uint8Array,
    readonly envelope: Uint8Array,
  ) {
    super();
    this.#bytes = bytes;
    this.#byteLength = bytes.byteLength;
  }

  get bytes(): Uint8Array {
    // Leases that were read together share one buffer. Moved away, it is missing from all of them.
    if (this.#bytes.byteLength !== this.#byteLength) throw moved();
    return this.#bytes;
  }

  protected holdMemory(): () => void {
    let bytes: Uint8Array | undefined = this.#bytes;
    // It could otherwise be transferred away from whoever holds it.
    markAsUntransferable(bytes.buffer);
    return () => {
      bytes = undefined;
      void bytes;
    };
  }

  protected end(): void {
    this.#bytes = noBytes;
    this.#byteLength = 0;
  }
}

const moved = () =>
  new ArenaError(
    'ERR_ARENA_MOVED',
    'the bytes of this lease were moved to another ArrayBuffer, with those of the leases that were read together with it. Give away a copy: bytes.slice().',
  );
