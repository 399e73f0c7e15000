import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { lockedRingAddon } from '@arena/shm-core';
import type { ReadEnd, WriteEnd } from './endpoints.js';

/** The ring with a lock around every operation, as its addon has it. */
export interface LockedRing {
  handle(): string;
  addWriter(): void;
  addReader(): void;
  tryWrite(record: Uint8Array): boolean;
  waitForRoom(milliseconds: number): boolean;
  writerDone(): void;
  /** Copies the next record out, waits for one that long at most; an `Outcome`. */
  read(target: Uint8Array, milliseconds: number): number;
  lag(): number;
  /** Lets go of the memory; the last call. */
  close(): void;
}

const Outcome = { record: 0, nothing: 1, ended: 2 } as const;

interface LockedRingAddon {
  LockedRing: {
    new (slots: number, slotBytes: number): LockedRing;
    new (handle: string): LockedRing;
  };
}

const load = () => createRequire(import.meta.url)(lockedRingAddon()) as LockedRingAddon;

export const createLockedRing = (slots: number, slotBytes: number): LockedRing =>
  new (load().LockedRing)(slots, slotBytes);

export const attachLockedRing = (handle: string): LockedRing => new (load().LockedRing)(handle);

/** Its waits block the thread; between them the event loop runs. */
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

/** Its reads are copies, and wait inside the lock, as those of the ring that it repeats. */
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

  /** Has waited already: gives the event loop its turn. */
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
