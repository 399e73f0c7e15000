import type { Iterated } from '@arena/shm-core/internal';
import type { Inbox } from './inbox.js';

/** The part of the pipeline that its passes use. */
export interface PassHost {
  readonly inbox: Inbox;
  /** Starts the pass in the producer. Rejects when the producer cannot start it. */
  begin(pass: Pass<unknown>): Promise<void>;
  /** The pass has ended on this side. With `left` the producer may still be running the pass. */
  finish(pass: Pass<unknown>, left: boolean): void;
}

/** The end of a pass, with an error or without. */
interface Outcome {
  readonly error: unknown;
  readonly failed: boolean;
  /** Number of items of the pass before this end. */
  readonly sent: number;
  /** When true, items that have arrived are no longer delivered. */
  readonly atOnce: boolean;
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** One iteration over a producer's items. */
export class Pass<T> implements Iterated<T> {
  readonly epoch: number;
  readonly #host: PassHost;
  #state: 'new' | 'running' | 'over' = 'new';
  #outcome: Outcome | undefined;
  /** Number of running calls of `wait`, and the latest of them. A further call waits for that call. */
  #pending = 0;
  #latest: Promise<unknown> | undefined;

  constructor(host: PassHost, epoch: number) {
    this.#host = host;
    this.epoch = epoch;
  }

  /** The producer has ended the pass; items that it sent before are still delivered. */
  end(sent = 0): void {
    this.#settle({ failed: false, error: undefined, sent, atOnce: false });
  }

  /** The pass fails once all items that were sent before are delivered. */
  fail(error: unknown, sent = 0): void {
    this.#settle({ failed: true, error, sent, atOnce: false });
  }

  /** The pass fails now. */
  failAtOnce(error: unknown): void {
    this.#settle({ failed: true, error, sent: 0, atOnce: true });
  }

  take(): IteratorResult<T, undefined> | undefined {
    // An earlier call that waits gets the next item.
    if (this.#pending > 0) return undefined;
    try {
      return this.#takeWhatIsHere();
    } catch (error) {
      this.#finish();
      throw error;
    }
  }

  wait(): Promise<IteratorResult<T, undefined>> {
    const looked = this.#pending === 0;
    this.#pending++;
    const step = () => this.#step(looked);
    const result = this.#latest === undefined ? step() : this.#latest.then(step, step);
    // Kept only while another call may have to wait for it: the promise holds an item.
    if (this.#pending > 0) this.#latest = result;
    return result;
  }

  /** Leaves the pass and ends a running `wait`. Tells the producer, without waiting for it. */
  leave(): void {
    this.#finish();
    this.#host.inbox.interrupt();
  }

  #settle(outcome: Outcome): void {
    if (this.#outcome?.atOnce) return;
    // The first end counts, unless a later end is more urgent.
    if (this.#outcome === undefined || outcome.atOnce) this.#outcome = outcome;
    this.#host.inbox.interrupt();
  }

  /** @param looked True when no item had arrived a moment ago. */
  async #step(looked: boolean): Promise<IteratorResult<T, undefined>> {
    let look = !looked;
    try {
      if (this.#state === 'new') {
        this.#state = 'running';
        await this.#host.begin(this);
        look = true;
      }
      while (this.#state === 'running') {
        const here = look ? this.#takeWhatIsHere() : undefined;
        if (here !== undefined) return here;
        await this.#host.inbox.wait();
        look = true;
      }
      return done;
    } catch (error) {
      this.#finish();
      throw error;
    } finally {
      if (--this.#pending === 0) this.#latest = undefined;
    }
  }

  /** The next item, or the end of the pass; undefined when neither has arrived. */
  #takeWhatIsHere(): IteratorResult<T, undefined> | undefined {
    if (this.#state === 'over') return done;
    if (this.#state === 'new') return undefined;
    if (this.#outcome?.atOnce) return this.#conclude(this.#outcome);
    const arrival = this.#host.inbox.poll(this.epoch);
    if (arrival?.type === 'item') return { done: false, value: arrival.item as T };
    if (arrival?.type === 'end') this.end();
    const outcome = this.#outcome;
    if (!outcome || !this.#host.inbox.hasReceived(this.epoch, outcome.sent)) return undefined;
    return this.#conclude(outcome);
  }

  #conclude({ failed, error }: Outcome): IteratorReturnResult<undefined> {
    if (failed) throw error;
    this.#finish();
    return done;
  }

  #finish(): void {
    const wasRunning = this.#state === 'running';
    this.#state = 'over';
    if (wasRunning) this.#host.finish(this, this.#outcome === undefined);
  }
}
