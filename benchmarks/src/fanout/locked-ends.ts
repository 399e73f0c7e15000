import { setImmediate as turn } from 'node:timers/promises';
import { LockedRing, Outcome } from '../kit/native.js';
import type { ReadEnd, WriteEnd } from './endpoints.js';

export const createLockedRing = (slots: number, slotBytes: number): LockedRing =>
  new LockedRing(slots, slotBytes);

export const attachLockedRing = (handle: string): LockedRing => new LockedRing(handle);

/** A wait for the ring blocks the thread for at most so long. Then the event loop gets a turn. */
const waitMs = 20;

export class LockedWriteEnd implements WriteEnd {
  constructor(private readonly ring: LockedRing) {
    ring.addWriter();
  }

  tryWrite(records: readonly Uint8Array[]): number {
    const refused = records.findIndex((record) => !this.ring.tryWrite(record));
    return refused < 0 ? records.length : refused;
  }

  async write(records: readonly Uint8Array[], timeoutMs: number): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    let written = 0;
    for (;;) {
      written += this.tryWrite(records.slice(written));
      if (written === records.length || performance.now() >= deadline) return written;
      if (!this.ring.waitForRoom(waitMs)) await turn();
    }
  }

  close() {
    this.ring.writerDone();
    this.ring.close();
  }
}

/** A read copies and waits inside the lock, as in the Python ring that this ring repeats. */
export class LockedReadEnd implements ReadEnd {
  readonly lost = 0;
  readonly #target: Uint8Array;
  #ended = false;

  constructor(
    private readonly ring: LockedRing,
    slotBytes: number,
  ) {
    ring.addReader();
    this.#target = new Uint8Array(slotBytes).fill(1);
  }

  tryRead() {
    const outcome = this.ring.read(this.#target, waitMs);
    this.#ended = outcome === Outcome.ended;
    return outcome === Outcome.record ? this.#target : undefined;
  }

  /** Gives the event loop its turn. `tryRead` has waited already. */
  async wait() {
    if (!this.#ended) await turn();
    return !this.#ended;
  }

  release() {
    return true;
  }

  get lag(): number {
    return this.ring.lag();
  }

  close() {
    this.ring.close();
  }
}
