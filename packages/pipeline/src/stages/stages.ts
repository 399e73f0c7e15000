import { turn, turnIsDue } from '@arena/shm-core/internal';
import { HandOver } from './hand-over.js';
import { openSource, type PassContext, type Source, type SourceIterator } from './source.js';

/**
 * One step of a pass. One caller at a time calls `next`. `stop` may be called at any moment, and
 * resolves once nothing of the stage runs any more.
 */
export interface Stage<T> {
  next(): Promise<IteratorResult<T, undefined>>;
  stop(): Promise<void>;
}

/** A function of one item. Also gets the pass's signal, which aborts when the pass is left. */
export type Operation<T, U> = (item: T, context: PassContext) => U | Promise<U>;

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Pulls the items of a source, one for each `next`. */
export class SourceStage<T> implements Stage<T> {
  readonly #source: Source<T>;
  readonly #context: PassContext;
  #iterator: SourceIterator<T> | undefined;
  #opening: Promise<void> | undefined;
  #over = false;

  constructor(source: Source<T>, context: PassContext) {
    this.#source = source;
    this.#context = context;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.#opening ??= this.#open();
    await this.#opening;
    if (this.#over || this.#iterator === undefined) return done;
    // Every item of a pass comes through here. So a pass that never waits lets the event loop turn.
    if (turnIsDue()) await turn();
    const result = await this.#advance(this.#iterator);
    if (this.#over || result.done) {
      this.#over = true;
      return done;
    }
    // A plain iterable may hold promises. `for await` would await them as well.
    return { done: false, value: await result.value };
  }

  async #advance(iterator: SourceIterator<T>): Promise<IteratorResult<T>> {
    try {
      return await iterator.next();
    } catch (error) {
      // An iterator that has thrown is at its end and is not closed again.
      this.#over = true;
      throw error;
    }
  }

  async stop(): Promise<void> {
    // A running factory may still return an iterator, which must be closed. When the factory fails, `next`
    // reports the error.
    await this.#opening?.catch(() => {});
    if (this.#over) return;
    this.#over = true;
    await this.#iterator?.return?.();
  }

  async #open(): Promise<void> {
    this.#iterator = await openSource(this.#source, this.#context);
  }
}

export interface ConcurrencyOptions {
  readonly concurrency: number;
  readonly ordered: boolean;
}

/**
 * Runs `operation` on up to `concurrency` items at once, before their results are asked for. An item
 * counts until its result is taken. So a slow consumer stops the stage, and through it the source.
 */
export class OperationStage<T, U> implements Stage<U> {
  readonly #upstream: Stage<T>;
  readonly #operation: Operation<T, U>;
  readonly #context: PassContext;
  readonly #ordered: boolean;
  readonly #results: HandOver<U>;
  readonly #running = new Set<Promise<unknown>>();
  #pump: Promise<void> | undefined;

  constructor(
    upstream: Stage<T>,
    operation: Operation<T, U>,
    { concurrency, ordered }: ConcurrencyOptions,
    context: PassContext,
  ) {
    this.#upstream = upstream;
    this.#operation = operation;
    this.#context = context;
    this.#ordered = ordered;
    this.#results = new HandOver(concurrency);
  }

  next(): Promise<IteratorResult<U, undefined>> {
    this.#pump ??= this.#run();
    return this.#results.take();
  }

  async stop(): Promise<void> {
    this.#results.cancel();
    await this.#pump;
    await Promise.allSettled(this.#running);
  }

  async #run(): Promise<void> {
    try {
      while (await this.#results.reserve()) {
        const step = await this.#upstream.next();
        if (step.done) break;
        this.#launch(step.value);
      }
      await Promise.allSettled(this.#running);
      this.#results.end();
    } catch (error) {
      // The results of the items before the error come first.
      await Promise.allSettled(this.#running);
      this.#results.fail(error);
    }
  }

  #launch(item: T): void {
    const result = this.#operate(item);
    this.#running.add(result);
    const settled = () => this.#running.delete(result);
    if (this.#ordered) {
      this.#results.push(result);
      // The failure takes its place in the queue. From here on no new item is begun.
      result.then(settled, () => {
        settled();
        this.#results.end();
      });
    } else {
      result.then(
        (value) => {
          settled();
          this.#results.push(value);
        },
        (error) => {
          settled();
          this.#results.fail(error);
        },
      );
    }
  }

  async #operate(item: T): Promise<U> {
    return this.#operation(item, this.#context);
  }
}

/** Keeps up to `bufferSize` items ready. */
export class PrefetchStage<T> extends OperationStage<T, T> {
  constructor(upstream: Stage<T>, bufferSize: number, context: PassContext) {
    super(upstream, (item) => item, { concurrency: bufferSize, ordered: true }, context);
  }
}

/** Collects `size` items into an array; the last array may be shorter, or is dropped. */
export class AggregateStage<T> implements Stage<T[]> {
  readonly #upstream: Stage<T>;
  readonly #size: number;
  readonly #dropLast: boolean;

  constructor(upstream: Stage<T>, size: number, dropLast: boolean) {
    this.#upstream = upstream;
    this.#size = size;
    this.#dropLast = dropLast;
  }

  async next(): Promise<IteratorResult<T[], undefined>> {
    const batch: T[] = [];
    while (batch.length < this.#size) {
      const step = await this.#upstream.next();
      if (step.done) break;
      batch.push(step.value);
    }
    const wanted = batch.length === this.#size || (batch.length > 0 && !this.#dropLast);
    return wanted ? { done: false, value: batch } : done;
  }

  async stop(): Promise<void> {}
}
