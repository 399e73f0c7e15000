import {
  checkBoolean,
  checkFunction,
  checkInteger,
  describe,
  integer,
  invalidType,
  Options,
  StaysHere,
} from '@arena/shm-core/internal';
import { Pipeline } from './pipeline.js';
import { isIterable, type PassContext, type Source } from './source.js';
import {
  AggregateStage,
  type Operation,
  OperationStage,
  PrefetchStage,
  SourceStage,
  type Stage,
} from './stages.js';

export interface PipeOptions {
  /** Number of operations that run at once, 1 or more (default 1). */
  readonly concurrency?: number | undefined;
  /** True (the default) gives results in the order of the items, false as soon as they are ready. */
  readonly ordered?: boolean | undefined;
}

export interface AggregateOptions {
  /** Drops a last array of fewer than `n` items (default false). */
  readonly dropLast?: boolean | undefined;
}

const pipeOptions = new Options<PipeOptions>({ concurrency: integer(1), ordered: checkBoolean });
const aggregateOptions = new Options<AggregateOptions>({ dropLast: checkBoolean });

type StageMaker = (upstream: Stage<unknown>, context: PassContext) => Stage<unknown>;

const staysHere = new StaysHere('a pipeline builder', 'Build there: it holds functions');

/**
 * Describes a pipeline: one source, any number of stages, and optionally a sink.
 *
 * Stages overlap: each stage with an operation works ahead of the next one. Its `concurrency`, and the
 * sink's `bufferSize`, limit how many items are ahead. So a source must not reuse the memory of an item
 * that it has yielded.
 */
export class PipelineBuilder<T = never> {
  static {
    staysHere.keep(PipelineBuilder);
  }

  protected readonly staysHere = staysHere.mark;
  #source: Source<unknown> | undefined;
  readonly #stages: StageMaker[] = [];
  #sunk = false;

  /**
   * Where items come from: an iterable, an async iterable, or a function that returns one. The function
   * is called once a pass. A generator object serves one pass only: pass the generator function.
   */
  addSource<S>(source: Source<S>): PipelineBuilder<S> {
    if (this.#source !== undefined) throw invalidType('this pipeline has a source already.');
    if (typeof source !== 'function' && !isIterable(source)) {
      throw invalidType(
        `source must be an iterable, an async iterable or a function that returns one, got ${describe(source)}.`,
      );
    }
    this.#source = source;
    return this.#typed<S>();
  }

  /**
   * Adds a stage that turns each item into another one. An operation that throws, or whose promise
   * rejects, ends the pass with that error.
   */
  pipe<U>(operation: Operation<T, U>, options?: PipeOptions): PipelineBuilder<U> {
    checkFunction('operation', operation);
    const { concurrency = 1, ordered = true } = pipeOptions.check(options);
    this.#addStage(
      (upstream, context) =>
        new OperationStage(
          upstream,
          operation as Operation<unknown, unknown>,
          { concurrency, ordered },
          context,
        ),
    );
    return this.#typed<U>();
  }

  /** Collects every `size` items into an array. */
  aggregate(size: number, options?: AggregateOptions): PipelineBuilder<T[]> {
    checkInteger('size', size, 1);
    const { dropLast = false } = aggregateOptions.check(options);
    this.#addStage((upstream) => new AggregateStage(upstream, size, dropLast));
    return this.#typed<T[]>();
  }

  /** Keeps up to `bufferSize` finished items ready for the consumer. With 0 it keeps none. Call it last. */
  addSink(bufferSize: number): this {
    checkInteger('bufferSize', bufferSize, 0);
    if (bufferSize > 0) {
      this.#addStage((upstream, context) => new PrefetchStage(upstream, bufferSize, context));
    } else {
      this.#checkOpen();
    }
    this.#sunk = true;
    return this;
  }

  build(): Pipeline<T> {
    const source = this.#requireSource();
    const makers = [...this.#stages];
    return new Pipeline<T>((context) => {
      const stages: Stage<unknown>[] = [new SourceStage(source, context)];
      for (const make of makers) stages.push(make(stages.at(-1) as Stage<unknown>, context));
      return stages;
    });
  }

  #addStage(make: StageMaker): void {
    this.#checkOpen();
    this.#stages.push(make);
  }

  #checkOpen(): void {
    this.#requireSource();
    if (this.#sunk) throw invalidType('nothing comes after the sink. Call addSink last.');
  }

  #requireSource(): Source<unknown> {
    if (this.#source === undefined) {
      throw invalidType('a pipeline begins with its source. Call addSource first.');
    }
    return this.#source;
  }

  /** The same builder, with another type of items for TypeScript. */
  #typed<U>(): PipelineBuilder<U> {
    return this as unknown as PipelineBuilder<U>;
  }
}
