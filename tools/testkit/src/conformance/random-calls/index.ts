/**
 * Random sequences of all calls of an arena, checked against a model.
 *
 * ARENA_RANDOM_RUNS and ARENA_RANDOM_SEED choose the number of sequences and the first one. A failure names
 * its seed and the shortest sequence that fails.
 */
import type { Arena } from '@arena/shm-core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import * as broadcast from './broadcast.js';
import { finish } from './finish.js';
import * as leases from './leases.js';
import * as reading from './reading.js';
import * as waiting from './waiting.js';
import { type Traits, World } from './world.js';
import * as writing from './writing.js';

/** An arena whose calls are made at random. */
export interface RandomlyCalled {
  readonly name: string;
  /** An arena that takes `units` units of `unitBytes`, and another object that has attached to it. */
  create(sizes: Sizes): readonly [Arena, Arena];
  readonly broadcast: boolean;
  readonly traits: Omit<Traits, 'largestUnits'>;
  /** The number of units of `maxUnitBytes` that an empty arena takes. */
  largestUnits(sizes: Sizes): number;
}

export interface Sizes {
  readonly unitBytes: number;
  readonly units: number;
  readonly unitTimeoutMs: number | undefined;
}

const sizes: fc.Arbitrary<Sizes> = fc.record({
  unitBytes: fc.constantFrom(4096, 32 * 1024, 192 * 1024),
  units: fc.constantFrom(1, 2, 5),
  // Nobody waits for so long. Units are filled in private memory.
  unitTimeoutMs: fc.constantFrom(undefined, 600_000),
});

const { commit, acquire, write, writeMany, holdOpenUnit, changeWriters, flush } = writing;
const { read, readMany, readInto, iterate, changeReaders } = reading;
const { borrow, syncToNewest } = broadcast;
const { waitForUnit, waitForRoom } = waiting;

const frequent = { write, writeMany, acquire, commit, read, readMany, lease: leases.lease };
const others = { readInto, iterate, borrow, waitForUnit, waitForRoom };
const rare = { holdOpenUnit, changeWriters, changeReaders, syncToNewest, flush };
const operations = { ...frequent, ...others, ...rare };

interface Operation {
  readonly arguments: Record<string, fc.Arbitrary<unknown>>;
  run(world: World, call: object): Promise<void>;
}

type Call = { readonly name: keyof typeof operations; readonly with: object };

const callsOf = (group: Record<string, Operation>, weight: number) =>
  Object.entries(group).map(([name, operation]) => ({
    weight,
    arbitrary: fc.record({
      name: fc.constant(name as Call['name']),
      with: fc.record(operation.arguments),
    }),
  }));

const anyOperation = (group: object) => group as Record<string, Operation>;

const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.oneof(
    ...callsOf(anyOperation(frequent), 6),
    ...callsOf(anyOperation(others), 3),
    ...callsOf(anyOperation(rare), 1),
  ),
  { maxLength: 80, size: 'max' },
);

async function run(called: RandomlyCalled, sizes: Sizes, sequence: Call[]): Promise<void> {
  const arenas = called.create(sizes);
  try {
    const traits = { ...called.traits, largestUnits: called.largestUnits(sizes) };
    const world = new World(arenas, called.broadcast, traits);
    for (const call of sequence) {
      await anyOperation(operations)[call.name]?.run(world, call.with);
      world.check();
    }
    await finish(world);
  } finally {
    for (const arena of arenas) arena.close();
  }
}

const seed = Number(process.env.ARENA_RANDOM_SEED ?? 1);
const runs = Number(process.env.ARENA_RANDOM_RUNS ?? 50);

export function describeRandomCalls(called: RandomlyCalled): void {
  describe(called.name, () => {
    it(`agrees with its model after ${runs} random sequences of calls from seed ${seed} on`, async () => {
      const property = fc.asyncProperty(sizes, calls, (sizes, sequence) =>
        run(called, sizes, sequence),
      );
      await fc.assert(property, { numRuns: runs, seed });
    }, 0);
  });
}
