/** The lifetime of a restored item's memory. */
import type { Lease } from '@arena/shm-core';
import { ArenaError } from '@arena/shm-core';
import { checkFunction } from '@arena/shm-core/internal';

/** The result of `restoreItem`. Objects need `using` or `releaseItem`; primitives need neither. */
export type Restored<T> = T extends object ? T & Disposable : T;

/** Key under which an item's dispose function and its binaries' buffer keep the lease. */
const leaseOf: unique symbol = Symbol('arena.item-lease');

interface WithLease {
  [leaseOf]?: ItemLease;
}

/** Serves every item that holds no lease. */
const nothingToRelease: PropertyDescriptor = {
  value: () => {},
  enumerable: false,
  configurable: true,
  writable: true,
};

/** An item's lease, and how many tasks still use its memory. */
class ItemLease {
  readonly #lease: Lease;
  readonly #end: () => void;
  #users = 0;
  #released = false;

  /** @param end Ends the item and the lease. */
  constructor(lease: Lease, end: () => void) {
    this.#lease = lease;
    this.#end = end;
  }

  /** Ends the item once no task uses its memory. */
  release(): void {
    this.#released = true;
    if (this.#users === 0) this.#end();
  }

  hold(): () => void {
    this.#checkActive();
    return this.#lease.hold();
  }

  async use<R>(task: () => R | PromiseLike<R>): Promise<R> {
    // The code that has read the lease may release it directly. Then its views are empty, and its memory
    // stays.
    const release = this.hold();
    this.#users++;
    try {
      return await task();
    } finally {
      this.#users--;
      if (this.#released) this.release();
      release();
    }
  }

  #checkActive(): void {
    if (this.#lease.active) return;
    throw new ArenaError(
      'ERR_ARENA_LEASE_RELEASED',
      'the item was released before, and its memory may hold other items by now. Use it before releaseItem(), or before the block of its `using` ends.',
    );
  }
}

/**
 * Gives the root of an item its `Symbol.dispose`.
 *
 * @param lease The lease that the item's binaries view; undefined where all of them are private.
 */
export function attachLease(item: object, lease: Lease | undefined): void {
  const own = (item as Partial<Disposable>)[Symbol.dispose];
  if (lease === undefined) {
    if (own === undefined) Object.defineProperty(item, Symbol.dispose, nothingToRelease);
    return;
  }
  const itemLease = new ItemLease(lease, () => {
    try {
      own?.call(item);
    } finally {
      lease.release();
    }
  });
  const dispose: (() => void) & WithLease = () => itemLease.release();
  dispose[leaseOf] = itemLease;
  (lease.bytes.buffer as WithLease)[leaseOf] = itemLease;
  Object.defineProperty(item, Symbol.dispose, {
    value: dispose,
    enumerable: false,
    configurable: true,
    writable: true,
  });
}

/** Releases the lease of a restored item, as `using` does at its end. A second call does nothing. */
export function releaseItem(item: unknown): void {
  if (!isObject(item)) return;
  const dispose = (item as Partial<Disposable>)[Symbol.dispose];
  if (typeof dispose === 'function') dispose.call(item);
}

/**
 * Runs `task` on an item. Releases the item once the task's promise has settled, or the task has thrown. Use
 * this wherever native code or I/O gets the item's bytes. `releaseItem`, and the end of a `using` block, wait
 * for the task.
 *
 * @param value An item, or a part of an item that views its memory: a tensor, a typed array, or an object
 *   that holds one of these. With a part, the task keeps the item's memory and does not release the item.
 * @param task Gets `value`.
 * @returns The result of `task`. The result must not view the item's bytes: copy bytes that must stay.
 * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`: the item was released before.
 */
export async function useItem<T, R>(value: T, task: (value: T) => R | PromiseLike<R>): Promise<R> {
  checkFunction('task', task);
  const lease = findLease(value);
  try {
    return await (lease ? lease.use(() => task(value)) : task(value));
  } finally {
    releaseItem(value);
  }
}

/**
 * Keeps an item's memory for native code, also when the item is released. The segment counts as leased until
 * you call the returned function. The release still empties the views of the memory. {@link useItem} keeps
 * the views as well, and ends by itself.
 *
 * @param value As for {@link useItem}. Holding a value that views no shared memory does nothing.
 * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`: the item was released before.
 */
export function holdItem(value: unknown): () => void {
  return findLease(value)?.hold() ?? (() => {});
}

/** The lease behind `value`. All binaries of an item have the same lease, so the first binary suffices. */
function findLease(value: unknown): ItemLease | undefined {
  // Iterating a set also visits members that are added meanwhile, each once.
  const objects = new Set<object>();
  if (isObject(value)) objects.add(value);
  for (const object of objects) {
    const found = leaseBehind(object);
    if (found !== undefined) return found;
    for (const member of membersOf(object)) if (isObject(member)) objects.add(member);
  }
  return undefined;
}

function leaseBehind(object: object): ItemLease | undefined {
  if (ArrayBuffer.isView(object)) return (object.buffer as WithLease)[leaseOf];
  const { [Symbol.dispose]: dispose } = object as Partial<Disposable>;
  return (dispose as WithLease | undefined)?.[leaseOf];
}

function membersOf(object: object): Iterable<unknown> {
  if (ArrayBuffer.isView(object)) return [];
  if (object instanceof Map) return [...object.keys(), ...object.values()];
  if (object instanceof Set) return object;
  if (object instanceof Error) return [object.cause];
  return Object.values(object);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
