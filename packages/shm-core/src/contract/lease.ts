/** The right to read one unit's bytes, until it is released. */
export interface Lease extends Disposable {
  /**
   * The unit's bytes, on a 64-byte boundary. Empty (detached) after `release`.
   *
   * Moving their buffer (`transfer()`, a byte stream) moves the memory. The memory then stays valid, and
   * the unit counts as leased, until the new buffer is collected.
   */
  readonly bytes: Uint8Array;
  /** The unit's envelope: a private copy. */
  readonly envelope: Uint8Array;
  /** True when `bytes` are the shared memory itself, false when they are a private copy. */
  readonly zeroCopy: boolean;
  /** False once released. */
  readonly active: boolean;
  /**
   * Runs `task` on the bytes, and releases the lease once the promise of `task` has settled, or `task` has
   * thrown. Use it when native code or I/O gets the bytes (`zlib`, `fs`, `http`, sharp). A `release`
   * meanwhile takes effect after `task`.
   *
   * @returns The result of `task`. It must not contain views of the bytes: copy bytes that you keep.
   * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`.
   */
  use<T>(task: (bytes: Uint8Array) => T | PromiseLike<T>): Promise<T>;
  /**
   * Keeps the memory for native code, even after `release`. The unit counts as leased until you call the
   * returned function; a second call of it does nothing. `bytes` is empty after `release` all the same, so
   * code that reads `bytes` again needs `use`.
   *
   * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`.
   */
  hold(): () => void;
  /** Ends the lease and detaches its bytes. A second call does nothing. */
  release(): void;
  [Symbol.dispose](): void;
}
