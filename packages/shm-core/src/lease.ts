import { markAsUntransferable } from 'node:worker_threads';
import { BaseLease } from './base-lease.js';
import { EnvelopeSlab } from './envelope-slab.js';
import type { LeaseOrigins } from './lease-origins.js';
import { empty, type NativeReader, type Status } from './native.js';
import { at, numbers, statusLeft } from './results.js';
import { keepInThread } from './thread-buffers.js';

const { id, zeroCopy, envelopeLength } = at;

const noBytes = new Uint8Array(0);

/** A unit that was read. */
export class TakenLease extends BaseLease {
  /** This is intentional: not read from `bytes`, which a caller could have replaced. */
  readonly #buffer: ArrayBuffer;
  readonly #id: number;
  #held = false;
  bytes: Uint8Array;

  constructor(
    private readonly native: NativeReader,
    private readonly origins: LeaseOrigins,
    buffer: ArrayBuffer,
    readonly envelope: Uint8Array,
    id: number,
    readonly zeroCopy: boolean,
  ) {
    super();
    this.#buffer = buffer;
    this.#id = id;
    this.bytes = new Uint8Array(buffer);
    if (id === 0) return;
    // This is intentional: no markAsUntransferable. Node itself refuses to transfer a buffer over
    // foreign memory. From version 24 on, a marked buffer cannot be emptied any more.
    origins.record(id);
    keepInThread(this, buffer);
  }

  protected holdMemory(): () => void {
    const id = this.#id;
    this.#held = true;
    // The memory of a small private copy is the buffer itself. The closure below keeps the buffer, and
    // the mark keeps it from being transferred. The release does not empty it, so the mark does no harm.
    if (id === 0) markAsUntransferable(this.#buffer);
    else this.native.hold(id);
    let buffer: ArrayBuffer | undefined = this.#buffer;
    return () => {
      if (!buffer) return;
      buffer = undefined;
      if (id !== 0) this.native.unhold(id);
    };
  }

  protected end(): void {
    if (this.#id === 0) {
      if (this.#held) this.bytes = noBytes;
      else empty(this.#buffer);
      return;
    }
    this.origins.forget(this.#id);
    this.native.release(this.#id, empty(this.#buffer));
  }
}

/** Takes units one by one. */
export class LeaseTaker {
  readonly envelopes = new EnvelopeSlab();

  constructor(
    private readonly native: NativeReader,
    private readonly origins: LeaseOrigins,
  ) {}

  /** The next unit, or the status that says why there is none. */
  take(): TakenLease | Status {
    const { slab, at } = this.envelopes;
    const buffer = this.native.take(slab, at);
    return buffer === undefined ? statusLeft() : this.leaseOf(buffer);
  }

  /** The lease of the unit whose buffer the last native call has returned. */
  leaseOf(buffer: ArrayBuffer): TakenLease {
    return new TakenLease(
      this.native,
      this.origins,
      buffer,
      this.envelopes.next(numbers[envelopeLength] as number),
      numbers[id] as number,
      numbers[zeroCopy] === 1,
    );
  }
}
