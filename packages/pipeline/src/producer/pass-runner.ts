import { encodeError } from '../protocol/error-transfer.js';
import type { FromProducer } from '../protocol/messages.js';
import type { Order } from '../protocol/orders.js';
import type { Pipeline } from '../stages/pipeline.js';
import type { Outbox } from './outbox.js';

/** Runs a pipeline's passes one after another, as the consumer asks for them. */
export class PassRunner {
  readonly #pipeline: Pipeline<unknown>;
  readonly #outbox: Outbox;
  readonly #tell: (message: FromProducer) => void;
  readonly #passes = new Map<number, AbortController>();
  /** Resolves once the latest pass has ended: its source is closed and no operation of it runs. */
  #latest: Promise<void> = Promise.resolve();

  constructor(pipeline: Pipeline<unknown>, outbox: Outbox, tell: (message: FromProducer) => void) {
    this.#pipeline = pipeline;
    this.#outbox = outbox;
    this.#tell = tell;
  }

  onOrder(order: Order): void {
    if (order.type === 'start') this.#start(order.epoch);
    else if (order.type === 'stop') this.#stop(order.epoch);
    else this.#outbox.taken(order.epoch, order.count);
  }

  /** Stops every pass, and closes the outbox once all sources are closed. */
  async close(): Promise<void> {
    for (const pass of this.#passes.values()) pass.abort();
    await this.#latest;
    this.#outbox.close();
  }

  #start(epoch: number): void {
    const abort = new AbortController();
    this.#passes.set(epoch, abort);
    // A source may hold a resource that only one pass at a time can have. So passes do not overlap.
    this.#latest = this.#latest.then(async () => {
      await this.#run(epoch, abort.signal);
      this.#passes.delete(epoch);
      if (abort.signal.aborted) this.#tell({ type: 'stopped', epoch });
    });
  }

  #stop(epoch: number): void {
    const pass = this.#passes.get(epoch);
    if (pass !== undefined) pass.abort();
    else this.#tell({ type: 'stopped', epoch });
  }

  /** Never rejects. */
  async #run(epoch: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#outbox.begin(epoch);
    const items = this.#pipeline[Symbol.asyncIterator]();
    // Ends a source or an operation that waits. The signal itself ends a wait for space.
    const leave = () => items.return().catch(warnOfClosing);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await this.#sendAll(items, epoch, signal);
    } catch (error) {
      if (!signal.aborted) this.#tellError(epoch, error);
    }
    signal.removeEventListener('abort', leave);
    await leave();
  }

  #tellError(epoch: number, error: unknown): void {
    this.#tell({ type: 'error', epoch, sent: this.#outbox.sent, error: encodeError(error) });
  }

  async #sendAll(items: AsyncIterator<unknown>, epoch: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { done, value } = await items.next();
      if (signal.aborted) return;
      if (done) break;
      await this.#outbox.send(value, epoch, signal);
    }
    this.#outbox.end(epoch);
  }
}

/** The consumer has left the pass, so the error can only become a warning. */
function warnOfClosing(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), {
    type: 'PipelineWarning',
    detail: 'Thrown while a pass was closed that nobody reads any more.',
  });
}
