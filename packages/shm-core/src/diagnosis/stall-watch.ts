/** Tells a process, while a call of it waits or others wait for it, what keeps them waiting. */
import type { LeaseOrigins } from '../lease-origins.js';
import type { NativeAttachment } from '../native.js';
import { collectGarbage } from './collect.js';
import { heldSegments } from './held-segments.js';
import { dumpAfterMs, writeDump } from './stall-dump.js';
import { warnOfHeldSegments } from './stall-warning.js';

/** Whoever holds something for so long while others wait for it may have forgotten it. */
const longMs = 1000;

/** Of one attachment. */
export class StallWatch {
  /** Where the leases of its readers were taken. */
  readonly origins = new Set<LeaseOrigins>();
  #lookedAt = 0;
  #dumpedSince: number | undefined;
  #collectedFor = '';

  readonly #hasSegments: boolean;

  constructor(private readonly native: NativeAttachment) {
    this.#hasSegments = native.config().segmentCount > 0;
  }

  /**
   * A call waits, and has just looked in vain.
   *
   * @param since When it began to wait, by `performance.now()`.
   * @param blocked The call blocks this thread, so that nothing may be left to the event loop.
   */
  look(since: number, blocked: boolean): void {
    const now = performance.now();
    if (now - since < Math.min(longMs, dumpAfterMs)) return;
    if (now - since >= dumpAfterMs && this.#dumpedSince !== since) {
      this.#dumpedSince = since;
      writeDump(this.native, now - since, blocked);
    }
    if (now - since < longMs || now - this.#lookedAt < longMs) return;
    this.#lookedAt = now;
    this.lookAtSegments(blocked);
  }

  /** Whether this process, or another one that is asked then, holds what writers wait for. */
  lookAtSegments(blocked: boolean): void {
    if (!this.#hasSegments) return;
    const held = heldSegments(this.native.snapshot(false), this.native.ownPeers(), longMs);
    if (held === undefined) return;
    if ('askFor' in held) {
      for (const index of held.askFor) this.native.ask(index);
      return;
    }
    warnOfHeldSegments(held, this.origins, blocked);
    // In a thread that blocks, no finalizer would run.
    if (blocked || held.stall === this.#collectedFor) return;
    this.#collectedFor = held.stall;
    collectGarbage();
  }
}
