import { PipelineBuilder, type Source } from '@arena/pipeline';
import type { ArenaError } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';
import { collect, deferred, failureOf, turns } from './support.js';

const build = <T>(source: Source<T>) => new PipelineBuilder().addSource(source);

function* count(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i;
}

describe('a source', () => {
  it('may be an iterable, an async iterable or a function that returns one', async () => {
    async function* later() {
      yield 'a';
    }
    expect(await collect(build([1, 2]).build())).toEqual([1, 2]);
    expect(await collect(build(later).build())).toEqual(['a']);
    expect(await collect(build(async () => new Set([3])).build())).toEqual([3]);
  });

  it('gives the same items on every pass', async () => {
    const pipeline = build(() => count(3)).build();
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
  });

  it('that is a generator object serves one pass and refuses the second by code', async () => {
    const pipeline = build(count(2)).build();
    expect(await collect(pipeline)).toEqual([0, 1]);
    await expect(collect(pipeline)).rejects.toMatchObject({
      code: 'ERR_ARENA_SOURCE_EXHAUSTED',
    } satisfies Partial<ArenaError>);
  });

  it('that returns the same generator object twice is refused the second time', async () => {
    const once = count(1);
    const pipeline = build(() => once).build();
    await collect(pipeline);
    await expect(collect(pipeline)).rejects.toMatchObject({ code: 'ERR_ARENA_SOURCE_EXHAUSTED' });
  });

  it('has promises in a plain iterable awaited', async () => {
    expect(await collect(build([Promise.resolve(1), 2]).build())).toEqual([1, 2]);
  });

  it('is closed when the loop is left', async () => {
    let closed = 0;
    const pipeline = build(async function* () {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed++;
      }
    }).build();
    for await (const item of pipeline) if (item === 2) break;
    expect(closed).toBe(1);
  });

  it('hears through its signal that the loop was left, even while it waits', async () => {
    const waiting = deferred<void>();
    const pipeline = build(async function* ({ signal }: { signal: AbortSignal }) {
      yield 1;
      waiting.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    })
      .addSink(2)
      .build();
    for await (const _ of pipeline) {
      await waiting.promise;
      break;
    }
  });

  it('keeps its signal quiet when a pass ends by itself', async () => {
    let signal: AbortSignal | undefined;
    const pipeline = build((context) => {
      signal = context.signal;
      return [1];
    }).build();
    await collect(pipeline);
    expect(signal?.aborted).toBe(false);
  });

  it('that returns a value that cannot be iterated fails the pass', async () => {
    const pipeline = build((() => 7) as unknown as () => number[]).build();
    await expect(collect(pipeline)).rejects.toThrow(
      'the source function returned 7. Return an iterable or an async iterable.',
    );
  });
});

describe('a stage', () => {
  it('transforms every item, in order', async () => {
    const pipeline = build([1, 2, 3])
      .pipe((n) => n * 2)
      .pipe(async (n) => `${n}`)
      .build();
    expect(await collect(pipeline)).toEqual(['2', '4', '6']);
  });

  it('keeps the order although later items finish first', async () => {
    const gates = [0, 1, 2].map(() => deferred<void>());
    const pipeline = build(() => count(3))
      .pipe(
        async (n) => {
          if (n === 2) for (const gate of gates) gate.resolve();
          await gates[n]?.promise;
          await turns(3 - n);
          return n;
        },
        { concurrency: 3 },
      )
      .build();
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
  });

  it('gives results as they finish when order is not asked for', async () => {
    const first = deferred<void>();
    const pipeline = build(() => count(3))
      .pipe((n) => (n === 0 ? first.promise.then(() => n) : n), { concurrency: 2, ordered: false })
      .build();
    const seen: number[] = [];
    for await (const n of pipeline) {
      seen.push(n);
      if (n === 2) first.resolve();
    }
    expect(seen).toEqual([1, 2, 0]);
  });

  it.each([true, false])(
    'runs exactly `concurrency` operations at once (ordered: %s)',
    async (ordered) => {
      let running = 0;
      let peak = 0;
      const pipeline = build(() => count(20))
        .pipe(
          async (n) => {
            peak = Math.max(peak, ++running);
            await turns(2);
            running--;
            return n;
          },
          { concurrency: 4, ordered },
        )
        .build();
      expect((await collect(pipeline)).sort((a, b) => a - b)).toEqual([...count(20)]);
      expect(peak).toBe(4);
    },
  );

  it('begins no more items than it has slots while results are not taken', async () => {
    let pulled = 0;
    const pipeline = build(function* () {
      for (; ; pulled++) yield pulled;
    })
      .pipe((n) => n, { concurrency: 3 })
      .addSink(2)
      .build();
    const iterator = pipeline[Symbol.asyncIterator]();
    await iterator.next();
    await turns(20);
    // One taken; two ready in the sink; three in the stage; the source makes the next on demand.
    expect(pulled).toBeLessThanOrEqual(6);
    await iterator.return();
  });

  it('works on the next item while the stage after it works on this one', async () => {
    const begun = [0, 1, 2, 3].map(() => deferred<void>());
    const pipeline = build(() => count(3))
      .pipe((n) => {
        begun[n]?.resolve();
        return n;
      })
      .pipe(async (n) => {
        if (n < 2) await begun[n + 1]?.promise;
        return n;
      })
      .build();
    expect(await collect(pipeline)).toEqual([0, 1, 2]);
  });
});

describe('an error', () => {
  it('in the source comes after the items before it', async () => {
    const pipeline = build(function* () {
      yield 1;
      yield 2;
      throw new Error('dry');
    })
      .pipe((n) => n, { concurrency: 2 })
      .addSink(3)
      .build();
    const { items, error } = await failureOf(pipeline);
    expect(items).toEqual([1, 2]);
    expect(error).toMatchObject({ message: 'dry' });
  });

  it('in a stage comes at the place of its item', async () => {
    const pipeline = build(() => count(9))
      .pipe(
        async (n) => {
          if (n === 3) throw new RangeError('three');
          await turns(2);
          return n;
        },
        { concurrency: 4 },
      )
      .build();
    const { items, error } = await failureOf(pipeline);
    expect(items).toEqual([0, 1, 2]);
    expect(error).toBeInstanceOf(RangeError);
  });

  it.each([true, false])(
    'cancels the other operations and closes the source (ordered: %s)',
    async (ordered) => {
      let closed = false;
      const begun = deferred<void>();
      const aborted = deferred<void>();
      const pipeline = build(function* () {
        try {
          yield* count(100);
        } finally {
          closed = true;
        }
      })
        .pipe(
          async (n, { signal }) => {
            if (n === 0) {
              await begun.promise;
              throw new Error('first');
            }
            begun.resolve();
            await new Promise<void>((resolve) => {
              signal.addEventListener('abort', () => resolve());
            });
            aborted.resolve();
          },
          { concurrency: 2, ordered },
        )
        .build();
      await expect(collect(pipeline)).rejects.toThrow('first');
      await aborted.promise;
      await turns(5);
      expect(closed).toBe(true);
    },
  );

  it('arrives although the source never answers again', async () => {
    const pipeline = build(async function* () {
      yield 1;
      await new Promise(() => {});
    })
      .pipe(() => {
        throw new Error('at once');
      })
      .build();
    await expect(collect(pipeline)).rejects.toThrow('at once');
  });

  it('leaves the pipeline ready for another pass', async () => {
    let broken = true;
    const pipeline = build([1, 2])
      .pipe((n) => {
        if (broken) throw new Error('once');
        return n;
      })
      .build();
    await expect(collect(pipeline)).rejects.toThrow('once');
    broken = false;
    expect(await collect(pipeline)).toEqual([1, 2]);
  });

  it('thrown while the source closes reaches the code that left the loop', async () => {
    const pipeline = build(function* () {
      try {
        yield 1;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: this is the case under test
        throw new Error('on the way out');
      }
    }).build();
    const leave = async () => {
      for await (const _ of pipeline) break;
    };
    await expect(leave()).rejects.toThrow('on the way out');
  });
});

describe('aggregate', () => {
  it('keeps a shorter last array', async () => {
    expect(
      await collect(
        build(() => count(5))
          .aggregate(2)
          .build(),
      ),
    ).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('drops a shorter last array on request', async () => {
    const pipeline = build(() => count(5))
      .aggregate(2, { dropLast: true })
      .build();
    expect(await collect(pipeline)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('gives nothing for an empty source', async () => {
    expect(await collect(build([]).aggregate(3).build())).toEqual([]);
  });
});

describe('the sink', () => {
  it('has bufferSize items ready before they are asked for', async () => {
    let made = 0;
    const pipeline = build(function* () {
      for (; ; made++) yield made;
    })
      .addSink(4)
      .build();
    const iterator = pipeline[Symbol.asyncIterator]();
    await iterator.next();
    await turns(10);
    // The one taken has left its place to a further one.
    expect(made).toBe(4);
    await iterator.return();
  });

  it('of size 0 prefetches nothing', async () => {
    let made = 0;
    const pipeline = build(function* () {
      for (; ; made++) yield made;
    })
      .addSink(0)
      .build();
    const iterator = pipeline[Symbol.asyncIterator]();
    await iterator.next();
    await turns(10);
    expect(made).toBe(0);
    await iterator.return();
  });
});

describe('an iterator', () => {
  it('answers overlapping calls of next in order', async () => {
    const iterator = build([1, 2]).build()[Symbol.asyncIterator]();
    const results = await Promise.all([1, 2, 3, 4].map(() => iterator.next()));
    expect(results.map((result) => result.value)).toEqual([1, 2, undefined, undefined]);
  });

  it('stays at its end after return', async () => {
    const iterator = build([1, 2]).addSink(1).build()[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('runs nothing before the first next', async () => {
    let opened = false;
    const pipeline = build(() => {
      opened = true;
      return [1];
    })
      .addSink(1)
      .build();
    const iterator = pipeline[Symbol.asyncIterator]();
    await turns(3);
    expect(opened).toBe(false);
    await iterator.return();
    expect(opened).toBe(false);
  });
});

describe('the builder refuses', () => {
  const source = () => new PipelineBuilder().addSource([1]);
  const misuse = { code: 'ERR_ARENA_INVALID_ARGUMENT' };

  it.each([
    ['a pipeline without a source', () => new PipelineBuilder().build()],
    ['a stage before the source', () => new PipelineBuilder().pipe((x) => x)],
    ['a second source', () => source().addSource([2])],
    ['a source that is a number', () => new PipelineBuilder().addSource(5 as unknown as number[])],
    ['a source that is a string', () => new PipelineBuilder().addSource('text')],
    ['an operation that is no function', () => source().pipe(1 as unknown as () => 1)],
    ['a concurrency of 0', () => source().pipe((x) => x, { concurrency: 0 })],
    ['a fractional concurrency', () => source().pipe((x) => x, { concurrency: 1.5 })],
    ['an aggregate of NaN', () => source().aggregate(Number.NaN)],
    ['a negative sink', () => source().addSink(-1)],
    ['a misspelt option', () => source().pipe((x) => x, { concurency: 2 } as never)],
    ['an option of another type', () => source().aggregate(2, { dropLast: 'no' as never })],
    ['a stage after the sink', () => source().addSink(1).aggregate(2)],
  ])('%s', (_, make) => {
    expect(make).toThrow(expect.objectContaining(misuse));
  });

  it('a misspelt option with the nearest right name', () => {
    expect(() => source().pipe((x) => x, { concurency: 2 } as never)).toThrow(
      "unknown option 'concurency'. Did you mean 'concurrency'?",
    );
  });
});
