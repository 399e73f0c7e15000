import type { Arena } from '@arena/shm-core';

/** What a test needs of an arena, whichever transport it is of. */
export interface ArenaNeeds {
  /** Bytes of the largest unit; a multiple of 4096. */
  readonly unitBytes: number;
  /** Units of that size that it holds at once, and no more. */
  readonly units: number;
  readonly name?: string | undefined;
  readonly maxPeers?: number | undefined;
  readonly unitTimeoutMs?: number | undefined;
  readonly writers?: number | undefined;
}

/** SegmentPool, RingBuffer, or another class that keeps the contract. */
export interface ArenaClass {
  readonly name: string;
  create(options: object): Arena;
  attach(handle: string | { name: string }): Arena;
}

/** One transport, described so that the conformance suite can be run on it. */
export interface Transport {
  readonly name: string;
  readonly arenaClass: ArenaClass;
  /** URL of the module that exports the class, for peers in other processes. */
  readonly module: string;
  /** Options of an arena that serves the needs, and whose writers wait when it is full. */
  options(needs: ArenaNeeds): object;
  /** Whether every reader sees every unit; else each unit goes to one of them. */
  readonly broadcast: boolean;
  /** Whether leases are the shared memory itself. */
  readonly zeroCopy: boolean;
}
