import type { Arena } from '@arena/shm-core';

/** The sizes that a test needs of an arena of any transport. */
export interface ArenaNeeds {
  /** Bytes of the largest unit; a multiple of 4096. */
  readonly unitBytes: number;
  /** The number of units of that size that the arena holds at once. */
  readonly units: number;
  readonly name?: string | undefined;
  readonly maxPeers?: number | undefined;
  readonly unitTimeoutMs?: number | undefined;
  readonly writers?: number | undefined;
}

/** SegmentPool, RingBuffer, or another class that keeps the contract. */
export interface ArenaClass<A extends Arena = Arena> {
  readonly name: string;
  create(options: object): A;
  attach(handle: string | { name: string }): A;
}

/** A transport, as the conformance suite needs it. */
export interface Transport<A extends Arena = Arena> {
  readonly name: string;
  readonly arenaClass: ArenaClass<A>;
  /** URL of the module that exports the class, for peers in other processes. */
  readonly module: string;
  /** Options of an arena of these sizes, whose writers wait when it is full. */
  options(needs: ArenaNeeds): object;
  /** Whether every reader sees every unit. Otherwise each unit goes to one reader. */
  readonly broadcast: boolean;
  /** Whether leases are the shared memory itself. */
  readonly zeroCopy: boolean;
}
