/**
 * Looks while calls wait: dumps the arena after a while, and warns when this process holds the segments, or
 * waits for itself.
 */
import type { LeaseOrigins } from '../lease-origins.js';
import type { NativeAttachment } from '../native.js';
import { collectGarbage } from './collect.js';
import { heldSegments } from './held-segments.js';
import { unreadByOwn, warnOfOwnReaders } from './own-readers.js';
import { dumpAfterMs, writeDump } from './stall-dump.js';
import { warnOfHeldSegments } from './stall-warning.js';

/** A process may have forgotten a segment that it holds for this long while writers wait. */
const longMs = 1000;

/** A thread that has read nothing for this long, while its writer waits for it, waits for itself. */
const unreadMs = 2 * longMs;

/** Watches the waiting calls of one attachment. */
export class StallWatch {
  /** The places where the leases of its readers were taken. */
  readonly origins = new Set<LeaseOrigins>();
  #lookedAt = 0;
  #dumpedSince: number | undefined;
  #collectedFor = '';
  /** The units that own readers had read when a writer was first seen to wait for them, and when that was. */
  #unread = { read: -1, since: 0 };

  readonly #hasSegments: boolean;

  constructor(private readonly native: NativeAttachment) {
    this.#hasSegments = native.config().segmentCount > 0;
  }

  /**
   * Call this when a waiting call has looked and found nothing.
   *
   * @param since When the call began to wait, by `performance.now()`.
   * @param blocked The call blocks this thread, so its event loop does not turn.
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
    this.#lookAtOwnReaders(now, blocked);
    this.lookAtSegments(blocked);
  }

  /** Warns when nothing was read for a while. A program may take long over a unit, and read on. */
  #lookAtOwnReaders(now: number, blocked: boolean): void {
    const unread = unreadByOwn(this.native.snapshot(false), this.native.ownPeers(), longMs);
    const read = unread?.read ?? -1;
    if (read !== this.#unread.read) this.#unread = { read, since: now };
    if (unread === undefined || now - this.#unread.since < unreadMs) return;
    warnOfOwnReaders(unread, blocked);
  }

  /** Warns when this process holds the segments that writers wait for, or asks their holders to look. */
  lookAtSegments(blocked: boolean): void {
    if (!this.#hasSegments) return;
    const held = heldSegments(this.native.snapshot(false), this.native.ownPeers(), longMs);
    if (held === undefined) return;
    if ('askFor' in held) {
      for (const index of held.askFor) this.native.ask(index);
      return;
    }
    warnOfHeldSegments(held, this.origins, blocked);
    // In a blocked thread no finalizer would run.
    if (blocked || held.stall === this.#collectedFor) return;
    this.#collectedFor = held.stall;
    collectGarbage();
  }
}
