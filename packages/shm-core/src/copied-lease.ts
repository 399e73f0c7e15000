import { markAsUntransferable } from 'node:worker_threads';
import { BaseLease } from './base-lease.js';
import { ArenaError } from './errors.js';

const noBytes = new Uint8Array(0);

/** A lease of a unit that was copied into private JavaScript memory: it has nothing to give back. */
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
    // Leases that were read together share one buffer. When it is moved away, all of them lose it.
    if (this.#bytes.byteLength !== this.#byteLength) throw moved();
    return this.#bytes;
  }

  protected holdMemory(): () => void {
    let bytes: Uint8Array | undefined = this.#bytes;
    // Without this the buffer could be transferred away from its holder.
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
    'the bytes of this lease were moved to another ArrayBuffer, and so were the bytes of the leases that were read together with it. Give away a copy: bytes.slice().',
  );
