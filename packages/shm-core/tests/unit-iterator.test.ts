import { UnitIterator } from '@arena/shm-core/internal';
import { describe, expect, it } from 'vitest';

type Result = IteratorResult<number, undefined>;

const value = (value: number): Result => ({ done: false, value });
const end: Result = { done: true, value: undefined };

/** Iterates over these values. Every second one is not here yet when it is asked for. */
function numbers(...values: number[]) {
  const left = values.map(value);
  const next = () => left.shift() ?? end;
  const seen = { taken: 0, waited: 0, left: 0 };
  const iterated = {
    take: () => (seen.taken++ % 2 === 0 ? next() : undefined),
    wait: async () => {
      seen.waited++;
      return next();
    },
    leave: () => void seen.left++,
  };
  return { iterator: new UnitIterator<number>(iterated), seen };
}

describe('an iterator over units', () => {
  it('gives what is here, waits for the rest, and ends', async () => {
    const { iterator, seen } = numbers(1, 2, 3);
    const got: number[] = [];
    for await (const number of iterator) got.push(number);
    expect(got).toEqual([1, 2, 3]);
    expect(seen).toEqual({ taken: 4, waited: 2, left: 0 });
  });

  it('tells that a loop was left early', async () => {
    const { iterator, seen } = numbers(1, 2, 3);
    for await (const _ of iterator) break;
    expect(seen).toEqual({ taken: 1, waited: 0, left: 1 });
  });

  it('fails with the error of a unit that cannot be taken, and goes on', async () => {
    const results = [new Error('on purpose'), value(7)];
    const iterator = new UnitIterator<number>({
      take() {
        const result = results.shift();
        if (result instanceof Error) throw result;
        return result ?? end;
      },
      wait: async () => end,
      leave: () => {},
    });
    await expect(iterator.next()).rejects.toThrow('on purpose');
    expect([await iterator.next(), await iterator.next()]).toEqual([value(7), end]);
  });

  it('lets the event loop turn between values that are found without native code', async () => {
    const iterated = { take: () => value(1), wait: async () => end, leave: () => {} };
    const iterator = new UnitIterator<number>(iterated, false);
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    const begin = performance.now();
    while (fired < 5 && performance.now() - begin < 30_000) await iterator.next();
    clearInterval(timer);
    expect(fired).toBeGreaterThanOrEqual(5);
  });
});
