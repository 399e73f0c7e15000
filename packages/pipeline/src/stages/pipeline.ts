import { iteratorStaysHere, StaysHere } from '@arena/shm-core/internal';
import type { PassContext } from './source.js';
import type { Stage } from './stages.js';

/** Makes the stages of one pass, first to last. */
export type StageFactory = (context: PassContext) => Stage<unknown>[];

const staysHere = new StaysHere('a pipeline', 'Build it there: it holds functions');

/**
 * A source and its stages, ready to be iterated here or in a subprocess. Every iteration is one
 * pass, from the first item on.
 */
export class Pipeline<T> implements AsyncIterable<T> {
  static {
    staysHere.keep(Pipeline);
  }

  protected readonly staysHere = staysHere.mark;
  readonly #makeStages: StageFactory;

  /** Made by `PipelineBuilder.build()`. */
  constructor(makeStages: StageFactory) {
    this.#makeStages = makeStages;
  }

  /**
   * Starts a pass. Nothing runs before the first `next`.
   *
   * An error in the source or a stage arrives after the items before it, and ends the pass. `return`
   * (leaving the loop) aborts the pass's signal. It resolves once the source is closed and no
   * operation runs any more.
   */
  [Symbol.asyncIterator](): PipelineIterator<T> {
    return new PipelineIterator<T>(this.#makeStages);
  }
}

export class PipelineIterator<T> implements AsyncIterator<T, undefined>, AsyncIterable<T> {
  static {
    iteratorStaysHere.keep(PipelineIterator);
  }

  protected readonly staysHere = iteratorStaysHere.mark;
  readonly #abort = new AbortController();
  readonly #stages: Stage<unknown>[];
  readonly #last: Stage<T>;
  /** The latest call of `next`. A further call waits for it. */
  #latest: Promise<unknown> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(makeStages: StageFactory) {
    this.#stages = makeStages({ signal: this.#abort.signal });
    this.#last = this.#stages.at(-1) as Stage<T>;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const step = () => this.#step();
    const result = this.#latest === undefined ? step() : this.#latest.then(step, step);
    this.#latest = result;
    // Without this, every call of a long pass would stay in a chain of promises.
    const forget = () => {
      if (this.#latest === result) this.#latest = undefined;
    };
    result.then(forget, forget);
    return result;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#stop();
    return done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #step(): Promise<IteratorResult<T, undefined>> {
    if (this.#stopped !== undefined) return done;
    try {
      const result = await this.#last.next();
      if (this.#stopped !== undefined) return done;
      // A pass that has ended by itself has nothing to stop.
      if (result.done) this.#stopped = Promise.resolve();
      return result;
    } catch (error) {
      // Report the error before the stages have stopped, because a source may never stop.
      this.#stop().catch(() => {});
      throw error;
    }
  }

  #stop(): Promise<void> {
    this.#stopped ??= this.#stopStages();
    return this.#stopped;
  }

  async #stopStages(): Promise<void> {
    this.#abort.abort();
    const results = await Promise.allSettled(this.#stages.map((stage) => stage.stop()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
