import { EventLoopTurns } from '../event-loop-turn.js';
import type { Inbox } from './inbox.js';

/** What a pass asks of the pipeline that it belongs to. */
export interface PassHost {
  readonly inbox: Inbox;
  /** Starts the pass in the producer; rejects where that cannot be. */
  begin(pass: Pass<unknown>): Promise<void>;
  /** The pass is over. `left` where the producer may still be at it. */
  finish(pass: Pass<unknown>, left: boolean): void;
}

/** How a pass ends, as told by something other than an item: an error, or undefined for its end. */
interface Outcome {
  readonly error: unknown;
  readonly failed: boolean;
  /** Items that come before it; 0 where no more are to be waited for. */
  readonly sent: number;
  /** Not even what has arrived is wanted. */
  readonly atOnce: boolean;
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** One iteration over a producer's items. */
export class Pass<T> implements AsyncIterableIterator<T, undefined> {
  readonly epoch: number;
  readonly #host: PassHost;
  readonly #turns = new EventLoopTurns();
  #state: 'new' | 'running' | 'over' = 'new';
  #outcome: Outcome | undefined;
  /** Calls of `next` that have not ended, and the latest of them, which a further one waits for. */
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

  next(): Promise<IteratorResult<T, undefined>> {
    const due = this.#turns.due();
    const looked = this.#pending === 0 && !due;
    if (looked) {
      try {
        const here = this.#takeWhatIsHere();
        if (here !== undefined) return Promise.resolve(here);
      } catch (error) {
        this.#finish();
        return Promise.reject(error);
      }
    }
    this.#pending++;
    const step = () => this.#step(due, looked);
    const result = this.#latest === undefined ? step() : this.#latest.then(step, step);
    // No longer than somebody may have to wait for it: it holds its item.
    if (this.#pending > 0) this.#latest = result;
    return result;
  }

  /** Leaves the pass; a `next` that waits ends as well. The producer is told, not waited for. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#finish();
    this.#host.inbox.interrupt();
    return done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle(outcome: Outcome): void {
    if (this.#outcome?.atOnce) return;
    // A later outcome only counts where it is more urgent than the first.
    if (this.#outcome === undefined || outcome.atOnce) this.#outcome = outcome;
    this.#host.inbox.interrupt();
  }

  /**
   * @param due The event loop is to have a turn first.
   * @param looked It was just found that there is nothing here.
   */
  async #step(due: boolean, looked: boolean): Promise<IteratorResult<T, undefined>> {
    let look = !looked;
    try {
      if (this.#state === 'new') {
        this.#state = 'running';
        await this.#host.begin(this);
        look = true;
      }
      if (due) await this.#turns.take();
      while (this.#state === 'running') {
        const here = look ? this.#takeWhatIsHere() : undefined;
        if (here !== undefined) return here;
        await this.#host.inbox.wait();
        this.#turns.taken();
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

  /** The next item, or the end of the pass; undefined where that is not known yet. */
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
