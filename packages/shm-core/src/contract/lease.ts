/** The right to read one unit's bytes, and its end. */
export interface Lease extends Disposable {
  /**
   * The unit's bytes, on a 64-byte boundary. Empty (detached) after `release`.
   *
   * What moves their buffer (`transfer()`, a byte stream that they are given to) takes the memory
   * along: it stays as it is, and the unit counts as leased, until that buffer is collected.
   */
  readonly bytes: Uint8Array;
  /** The unit's envelope: a private copy. */
  readonly envelope: Uint8Array;
  /** True when `bytes` are the shared memory itself, false when they are a private copy. */
  readonly zeroCopy: boolean;
  /** False once released. */
  readonly active: boolean;
  /**
   * Runs `task` on the bytes and releases the lease once the promise that it returns has settled, or
   * it has thrown: the safe way wherever native code or I/O gets the bytes (`zlib`, `fs`, `http`,
   * sharp). A `release` meanwhile waits for it.
   *
   * @returns What `task` returns. Nothing of it may show the bytes later: copy what is to stay.
   * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`.
   */
  use<T>(task: (bytes: Uint8Array) => T | PromiseLike<T>): Promise<T>;
  /**
   * Keeps the memory for native code that uses it, past `release`: the unit counts as leased until
   * the function returned here is called (a second call does nothing). `bytes` are empty after
   * `release` nonetheless: code that asks them again needs `use`.
   *
   * @throws {ArenaError} `ERR_ARENA_LEASE_RELEASED`.
   */
  hold(): () => void;
  /** Ends the lease and detaches its bytes. A second call does nothing. */
  release(): void;
  [Symbol.dispose](): void;
}
