import { ArenaError } from '@arena/shm-core';
import { describe, invalidType } from '@arena/shm-core/internal';

/** Every source function and operation gets this. `signal` aborts when the pass is left. */
export interface PassContext {
  readonly signal: AbortSignal;
}

export type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;

/** Items, or a function that is called once a pass and returns them. */
export type Source<T> =
  | AnyIterable<T>
  | ((context: PassContext) => AnyIterable<T> | Promise<AnyIterable<T>>);

export type SourceIterator<T> = Iterator<T> | AsyncIterator<T>;

/** True for everything that `for await` takes, except strings. */
export function isIterable(value: unknown): value is AnyIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** Iterators that a pass has read from. They cannot start again for another pass. */
const spent = new WeakSet<object>();

/**
 * Starts one pass over `source`.
 *
 * @throws {ArenaError} `ERR_ARENA_SOURCE_EXHAUSTED` when the source is a generator object (or
 *   another iterator that is its own iterable) that an earlier pass has read.
 * @throws {TypeError} The factory returned something that cannot be iterated.
 */
export async function openSource<T>(
  source: Source<T>,
  context: PassContext,
): Promise<SourceIterator<T>> {
  const items = typeof source === 'function' ? await source(context) : source;
  if (!isIterable(items)) {
    throw invalidType(
      `the source function returned ${describe(items)}. Return an iterable or an async iterable.`,
    );
  }
  const iterator =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  // An iterable that is not its own iterator makes a new one for each pass.
  if ((iterator as object) !== items) return iterator;
  if (spent.has(iterator)) throw exhausted();
  spent.add(iterator);
  return iterator;
}

function exhausted(): ArenaError {
  return new ArenaError(
    'ERR_ARENA_SOURCE_EXHAUSTED',
    'the source is a generator object and an earlier pass has read it. Pass the generator function itself, or any iterable that starts anew.',
  );
}
