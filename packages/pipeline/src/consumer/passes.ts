/** The passes over one producer. At most one runs at a time, and the next begins once it has stopped. */
import { ArenaError } from '@arena/shm-core';
import { UnitIterator } from '@arena/shm-core/internal';
import { nextEpoch } from '../protocol/messages.js';
import type { Order } from '../protocol/orders.js';
import type { Inbox, RetainWhile } from './inbox.js';
import { Pass, type PassHost } from './pass.js';

/** The producer that the passes run over. */
export interface PassSource {
  readonly inbox: Inbox;
  readonly retainWhile: RetainWhile;
  /** Resolves once the producer can begin a pass. Rejects with the reason when it never can. */
  readonly ready: Promise<void>;
  order(order: Order): void;
  /** Called when no pass runs any more. */
  onIdle(): void;
}

export class Passes implements PassHost {
  readonly #source: PassSource;
  #isReady = false;
  #current: Pass<unknown> | undefined;
  /** The latest pass that was started in the producer. */
  #startedEpoch: number | undefined;
  /** Set when a pass is left, until the producer has written the last unit of that pass. */
  #stopping: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  /** The reason why no more passes are possible. */
  #fate: { readonly error: unknown } | undefined;

  constructor(source: PassSource) {
    this.#source = source;
  }

  get inbox(): Inbox {
    return this.#source.inbox;
  }

  /** The pass that runs now, if any. */
  get current(): Pass<unknown> | undefined {
    return this.#current;
  }

  get fate(): unknown {
    return this.#fate?.error;
  }

  make<T>(): UnitIterator<T> {
    return new UnitIterator(new Pass<T>(this, nextEpoch()), false);
  }

  /** The pass with this epoch, if it still runs. */
  of(epoch: number): Pass<unknown> | undefined {
    return this.#current?.epoch === epoch ? this.#current : undefined;
  }

  async begin(pass: Pass<unknown>): Promise<void> {
    const { ready, retainWhile } = this.#source;
    this.#checkOpen();
    if (this.#current !== undefined) throw busy();
    this.#current = pass;
    // A reader that looks before the producer has opened its writer could end the arena's stream: all
    // writers of earlier processes have closed.
    if (!this.#isReady) await retainWhile(ready);
    this.#isReady = true;
    // The units of a pass that was left must not mix with the units of this one.
    if (this.#stopping !== undefined) await retainWhile(this.#stopping.promise);
    this.#checkOpen();
    if (this.#current !== pass) return;
    this.#startedEpoch = pass.epoch;
    this.#source.order({ type: 'start', epoch: pass.epoch });
  }

  finish(pass: Pass<unknown>, left: boolean): void {
    if (this.#current !== pass) return;
    this.#current = undefined;
    if (this.#fate === undefined && left && this.#startedEpoch === pass.epoch) {
      this.#stop(pass.epoch);
    }
    this.#source.onIdle();
  }

  /** The producer has written the last unit of the pass that was left. */
  onStopped(): void {
    this.inbox.drain();
    this.#endStopping();
  }

  /** Allows no more passes. The first reason counts. */
  seal(error: unknown): void {
    if (this.#fate !== undefined) return;
    this.#fate = { error };
    this.#endStopping();
  }

  #checkOpen(): void {
    if (this.#fate !== undefined) throw this.#fate.error;
  }

  #stop(epoch: number): void {
    let resolve = () => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#stopping = { promise, resolve };
    this.#source.order({ type: 'stop', epoch });
  }

  #endStopping(): void {
    this.#stopping?.resolve();
    this.#stopping = undefined;
  }
}

const busy = () =>
  new ArenaError(
    'ERR_ARENA_PIPELINE_BUSY',
    'another iteration over this pipeline is still open. End it first, or run one more subprocess. It needs an arena of its own where this one has an arena.',
  );
