/** How long the memory of a restored item lasts. */
import type { Lease } from '@arena/shm-core';
import { ArenaError } from '@arena/shm-core';
import { checkFunction } from '@arena/shm-core/internal';

/** What `restoreItem` returns: objects end with `using` or `releaseItem`, primitives need no end. */
export type Restored<T> = T extends object ? T & Disposable : T;

/** Leads from an item's dispose, and from the memory that its binaries view, to its lease. */
const leaseOf: unique symbol = Symbol('arena.item-lease');

interface WithLease {
  [leaseOf]?: ItemLease;
}

/** Shared by every item that holds no lease, and copied by the engine, so it never changes. */
const nothingToRelease: PropertyDescriptor = {
  value: () => {},
  enumerable: false,
  configurable: true,
  writable: true,
};

/** An item's lease, and who still uses its memory. */
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

  /** Takes effect once nobody uses the memory. */
  release(): void {
    this.#released = true;
    if (this.#users === 0) this.#end();
  }

  hold(): () => void {
    this.#checkActive();
    return this.#lease.hold();
  }

  async use<R>(work: () => R | Promise<R>): Promise<R> {
    // The lease itself may be released by whoever read it: then its views end, but not its memory.
    const release = this.hold();
    this.#users++;
    try {
      return await work();
    } finally {
      this.#users--;
      if (this.#released) this.release();
      release();
    }
  }

  #checkActive(): void {
    if (this.#lease.active) return;
    throw new ArenaError(
      'ERR_ARENA_UNIT_ENDED',
      'the item was released before, and its memory may hold other items by now. Use it before releaseItem(), or before the block of its `using` ends.',
    );
  }
}

/**
 * Gives the root of an item its `Symbol.dispose`.
 *
 * @param lease What the item's binaries view; undefined where they are all private.
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

/** Releases the lease of a restored item, as `using` does at its end. Twice does nothing. */
export function releaseItem(item: unknown): void {
  if (!isObject(item)) return;
  const dispose = (item as Partial<Disposable>)[Symbol.dispose];
  if (typeof dispose === 'function') dispose.call(item);
}

/**
 * Keeps an item's memory for native code or I/O that still works on it: until what `use` returns has
 * settled, the memory and all views of it stay, also when the item is released meanwhile.
 *
 * @param value An item, or anything in one that views its memory: a tensor, a typed array, an object
 *   that holds one.
 * @param use Gets `value`.
 * @returns What `use` returns.
 * @throws {ArenaError} `ERR_ARENA_UNIT_ENDED`: the item was released before.
 */
export async function useItem<T, R>(value: T, use: (value: T) => R | Promise<R>): Promise<R> {
  checkFunction('use', use);
  const lease = findLease(value);
  return lease ? lease.use(() => use(value)) : use(value);
}

/**
 * Keeps an item's memory for native code that uses it, past the item's release: the segment counts as
 * leased until the function returned here is called. Views of it become empty with the release all the
 * same; {@link useItem} keeps them as well, and cannot be forgotten.
 *
 * @param value As for {@link useItem}. Holding what views no shared memory does nothing.
 * @throws {ArenaError} `ERR_ARENA_UNIT_ENDED`: the item was released before.
 */
export function holdItem(value: unknown): () => void {
  return findLease(value)?.hold() ?? (() => {});
}

/** The lease behind `value`. All that an item holds has the same, so the first that is found is it. */
function findLease(value: unknown): ItemLease | undefined {
  // A set gives what is added while it is iterated, once.
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
