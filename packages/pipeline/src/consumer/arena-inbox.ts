/** Items out of an arena: one unit each, and a unit without bytes at the end of a pass. */
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
import { endTag, itemTag } from '../protocol/messages.js';
import type { Arrival, Inbox, RetainWhile } from './inbox.js';

/** Arenas that a pipeline of this thread receives through. Two would take each other's units. */
const arenasInUse = new WeakSet<Arena>();

/**
 * Items of a pass that wait for another to wake their consumer: in a pool as many as leave its writer
 * room meanwhile. A ring wakes for each, since it may drop or refuse what is not read in time.
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
  /** Read by `wait`, and next to be polled. */
  #ahead: Lease | undefined;
  /**
   * This is intentional: one for all waits until one is interrupted. Making one and aborting it costs
   * as much as several items.
   */
  #interruption = new AbortController();
  /** Somebody may wait that `interrupt` is to end. */
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
      // Of a pass that was left.
    }
  }

  /** Whatever the producer committed before it told of it is here. */
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
    // A ring lends its records, which saves copying what nobody wants.
    const { kind } = this.#arena;
    const next = () => (kind === 'ring' ? this.#reader.tryBorrow() : this.#reader.tryRead());
    try {
      for (let unit = next(); unit !== null; unit = next()) unit.release();
    } catch (error) {
      // What was overwritten is dropped as well. An arena that is closed, broken or has lost its
      // writer has nothing to drop.
      if (hasCode(error, 'ERR_ARENA_LAPPED')) this.drain();
    }
  }

  /**
   * This is intentional: before the producer closes its writer. A reader that is there when the last
   * writer has closed ends the stream, and an arena whose stream has ended serves no other pipeline.
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

  /** The writer's process is gone with it: the pass hears from that how it ended. */
  #waitForFate(signal: AbortSignal): Promise<void> {
    const interrupted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return this.#retainWhile(interrupted);
  }

  /** The next unit that is here, or null. */
  #take(): Lease | null {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    try {
      return ahead ?? this.#reader.tryRead();
    } catch (error) {
      // The only writer is gone; `wait` knows what follows from that.
      if (hasCode(error, 'ERR_ARENA_PEER_LOST')) return null;
      throw error;
    }
  }
}

function hasCode(error: unknown, code: ArenaErrorCode): boolean {
  return (error as { code?: unknown }).code === code;
}
