/** Items out of an arena: one unit each. A unit without bytes ends a pass. */
import { readTag, restoreItem } from '@arena/payloads';
import {
  type Arena,
  ArenaError,
  type ArenaErrorCode,
  type Lease,
  type Reader,
  type WakeCoalescing,
} from '@arena/shm-core';
import type { SegmentPool } from '@arena/transport-pool';
import type { RingReader } from '@arena/transport-ring';
import { endTag, itemTag } from '../protocol/messages.js';
import type { Arrival, Inbox, RetainWhile } from './inbox.js';

/** Arenas through which a pipeline of this thread receives. Two pipelines would take each other's units. */
const arenasInUse = new WeakSet<Arena>();

/**
 * How many items wake their consumer together. In a pool up to half of the segments, so that the writer
 * still has room. In a ring each item wakes it: a ring may drop or refuse what is not read in time.
 */
function coalescingIn(arena: Arena): WakeCoalescing | undefined {
  if (arena.kind !== 'pool') return undefined;
  const { segmentCount } = arena as SegmentPool;
  return { units: Math.min(3, Math.ceil(segmentCount / 2)), withinMs: 5 };
}

export class ArenaInbox implements Inbox {
  readonly #arena: Arena;
  readonly #reader: Reader;
  readonly #retainWhile: RetainWhile;
  /** The item that `wait` has read. The next `poll` takes it. */
  #ahead: Lease | undefined;
  /**
   * This is intentional: one controller serves all waits until one of them is interrupted. Making and
   * aborting a controller costs as much as several items.
   */
  #interruption = new AbortController();
  /** True while a `wait` may be going on. */
  #waiting = false;

  /** @throws {ArenaError} `ERR_ARENA_IN_USE`. */
  constructor(arena: Arena, retainWhile: RetainWhile) {
    if (arenasInUse.has(arena)) {
      throw new ArenaError(
        'ERR_ARENA_IN_USE',
        'another pipeline receives through this arena, and would take its units. Close that one first, or create an arena for each.',
      );
    }
    // Another pipeline may use the arena after this one, so its stream goes on.
    this.#reader = arena.reader({
      from: 'oldest',
      coalesce: coalescingIn(arena),
      endless: true,
    });
    this.#arena = arena;
    this.#retainWhile = retainWhile;
    arenasInUse.add(arena);
  }

  poll(epoch: number): Arrival | undefined {
    for (;;) {
      const lease = this.#take();
      if (lease === null) return undefined;
      const tag = readTag(lease.envelope);
      if (tag === itemTag(epoch)) return { type: 'item', item: restoreItem(lease) };
      lease.release();
      if (tag === endTag(epoch)) return { type: 'end' };
      // A unit of a pass that was left.
    }
  }

  /** The producer commits an item before it sends a message about the item. So the item has arrived. */
  hasReceived(): boolean {
    return true;
  }

  wait(): Promise<void> {
    const { signal } = this.#interruption;
    this.#waiting = true;
    return this.#reader.read({ signal }).then(
      (lease) => this.#arrived(lease, signal),
      (error: unknown) => this.#failed(error, signal),
    );
  }

  interrupt(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    const interruption = this.#interruption;
    this.#interruption = new AbortController();
    interruption.abort();
  }

  drain(): void {
    this.#ahead?.release();
    this.#ahead = undefined;
    try {
      for (let unit = this.#next(); unit !== null; unit = this.#next()) unit.release();
    } catch (error) {
      // After overwritten records others may follow. An arena that is closed, broken or has lost its
      // writer has nothing to drop.
      if (hasCode(error, 'ERR_ARENA_LAPPED')) this.drain();
    }
  }

  /**
   * This is intentional: the reader closes before the producer closes its writer. A reader that is still open
   * after the last writer has closed ends the stream, and an ended arena serves no other pipeline.
   */
  stop(): void {
    if (this.#reader.closed) return;
    this.drain();
    this.#reader.close();
  }

  close(): void {
    this.stop();
    arenasInUse.delete(this.#arena);
  }

  #arrived(lease: Lease | null, signal: AbortSignal): undefined | Promise<void> {
    if (lease === null) return this.#waitForFate(signal);
    this.#waiting = false;
    this.#ahead = lease;
    return undefined;
  }

  #failed(error: unknown, signal: AbortSignal): undefined | Promise<void> {
    if (signal.aborted) return undefined;
    if (hasCode(error, 'ERR_ARENA_PEER_LOST')) return this.#waitForFate(signal);
    throw error;
  }

  /** The producer has ended. A message about the end of its process follows, and interrupts the wait. */
  #waitForFate(signal: AbortSignal): Promise<void> {
    const interrupted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return this.#retainWhile(interrupted);
  }

  /** The next unit, to be dropped. A ring lends its records, so no unwanted bytes are copied. */
  #next(): { release(): void } | null {
    const reader = this.#reader;
    return this.#arena.kind === 'ring' ? (reader as RingReader).tryBorrow() : reader.tryRead();
  }

  /** The next unit that has arrived, or null. */
  #take(): Lease | null {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    try {
      return ahead ?? this.#reader.tryRead();
    } catch (error) {
      // The producer has ended. `wait` waits for the message about its end.
      if (hasCode(error, 'ERR_ARENA_PEER_LOST')) return null;
      throw error;
    }
  }
}

function hasCode(error: unknown, code: ArenaErrorCode): boolean {
  return (error as { code?: unknown }).code === code;
}
