/** The calls of readers. */
import type { Lease } from '@arena/shm-core';
import fc from 'fast-check';
import { expectFailure, expectPatience, isCode } from './outcomes.js';
import { equal, type UnitContent } from './unit-content.js';
import { expectUnit, type ReaderInRun, type World } from './world.js';

const index = fc.nat(1000);

interface Shown {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

/** The reader got this unit: it must be the next one. */
export function got(what: string, reader: ReaderInRun, shown: Shown): UnitContent {
  const { content } = reader.model.pass(
    (one) => equal(one.bytes, shown.bytes) && equal(one.envelope, shown.envelope),
  );
  expectUnit(what, shown, content);
  return content;
}

export const gotLease = (what: string, world: World, reader: ReaderInRun, lease: Lease): void =>
  world.keepLease(lease, got(what, reader, lease));

/** The reader got nothing: nothing may have been there. */
function gotNothing(what: string, reader: ReaderInRun): void {
  const { next } = reader.model;
  if (next !== undefined)
    throw new Error(`${what} found nothing, but unit ${next.content.number} is there`);
}

/** Reading on ends the loan. What was overtaken counts as lost. */
function endLoan(world: World, one: ReaderInRun): void {
  const { loan } = one;
  if (loan === undefined) return;
  one.loan = undefined;
  if (loan.loan.overtaken) return;
  one.model.pass(() => true);
  world.endedLoans.push(loan);
}

export function releaseLoan(world: World, one: ReaderInRun): void {
  const { loan } = one;
  loan?.loan.release();
  endLoan(world, one);
  loan?.loan.release();
}

/**
 * Makes a call that reads on.
 *
 * @param call Returns what it found, or undefined.
 */
export async function readOn<T>(
  world: World,
  reader: ReaderInRun,
  call: () => T | null | undefined | Promise<T | null | undefined>,
): Promise<T | undefined> {
  let found: T | null | undefined;
  let error: unknown;
  try {
    found = await call();
  } catch (caught) {
    error = caught;
  }
  endLoan(world, reader);
  if (isCode(error, 'ERR_ARENA_LAPPED') && world.traits.overwrites) {
    const lost = Number(error.details.lostRecords);
    if (lost === 0) throw new Error('a loss of 0 units was reported');
    reader.model.lose(lost);
    reader.lost += lost;
    return undefined;
  }
  if (error !== undefined) {
    expectPatience(error);
    gotNothing('a call', reader);
    return undefined;
  }
  if (found !== null && found !== undefined) return found;
  gotNothing('a call', reader);
  return undefined;
}

export const read = {
  arguments: { by: index, how: fc.constantFrom('read', 'readSync', 'tryRead') },
  async run(world: World, call: { by: number; how: string }) {
    const one = world.reader(call.by);
    const { reader } = one;
    const lease = await readOn(world, one, () => {
      if (call.how === 'tryRead') return reader.tryRead();
      return call.how === 'read'
        ? reader.read({ timeoutMs: 0 })
        : reader.readSync({ timeoutMs: 0 });
    });
    if (lease !== undefined) gotLease(call.how, world, one, lease);
  },
};

/** Reads the unit that is there, if there is one, and keeps no lease of it. True when there was one. */
export async function readAndRelease(world: World, one: ReaderInRun): Promise<boolean> {
  const lease = await readOn(world, one, () => one.reader.tryRead());
  if (lease === undefined) return false;
  got('tryRead', one, lease);
  lease.release();
  return true;
}

export const readMany = {
  arguments: { by: index, max: fc.constantFrom(1, 2, 5, 2000, 2 ** 32), tries: fc.boolean() },
  async run(world: World, call: { by: number; max: number; tries: boolean }) {
    const one = world.reader(call.by);
    const { reader } = one;
    const leases = await readOn(world, one, async () => {
      const found = call.tries
        ? reader.tryReadMany(call.max)
        : await reader.readMany(call.max, { timeoutMs: 0 });
      return found?.length === 0 ? undefined : found;
    });
    for (const lease of leases ?? []) gotLease('readMany', world, one, lease);
  },
};

export const readInto = {
  arguments: { by: index, room: fc.constantFrom('exact', 'short', 'large') },
  async run(world: World, call: { by: number; room: string }) {
    const one = world.reader(call.by);
    releaseLoan(world, one);
    const length = one.model.next?.content.bytes.length ?? world.maxUnitBytes;
    const more = { exact: 0, short: -1, large: 1 }[call.room] ?? 0;
    const target = new Uint8Array(Math.max(0, length + more));
    try {
      const result = await readOn(world, one, () => one.reader.readInto(target, { timeoutMs: 0 }));
      if (result === undefined) return;
      got('readInto', one, { ...result, bytes: target.subarray(0, result.byteLength) });
    } catch (error) {
      // The unit stays unread.
      const short = (error as { code?: string }).code === 'ERR_ARENA_INVALID_ARGUMENT';
      if (!short || (one.model.isKnown && target.length >= length)) throw error;
    }
  },
};

export const iterate = {
  arguments: { by: index, count: fc.integer({ min: 1, max: 4 }) },
  async run(world: World, call: { by: number; count: number }) {
    const one = world.reader(call.by);
    releaseLoan(world, one);
    for (let count = 0; count < call.count && one.model.next !== undefined; count++) {
      const lease = await readOn(world, one, async () => {
        // Each loop is left at its first unit.
        for await (const lease of one.reader) return lease;
        return undefined;
      });
      if (lease !== undefined) gotLease('a loop', world, one, lease);
    }
  },
};

export const changeReaders = {
  arguments: {
    by: index,
    open: fc.boolean(),
    from: fc.constantFrom(undefined, 'oldest', 'newest', 'next'),
    coalesce: fc.constantFrom(undefined, { units: 3, withinMs: 5 }),
  },
  async run(
    world: World,
    call: {
      by: number;
      open: boolean;
      from: 'oldest' | 'newest' | 'next' | undefined;
      coalesce: { units: number; withinMs: number } | undefined;
    },
  ) {
    if (call.open) {
      const { from, coalesce } = call;
      if (world.readers.length < 4)
        world.addReader(world.arena(call.by).reader({ from, coalesce }));
      return;
    }
    const one = world.reader(call.by);
    if (world.readers.length === 1) return;
    one.reader.close();
    endLoan(world, one);
    world.readers.splice(world.readers.indexOf(one), 1);
    await expectFailure(() => one.reader.tryRead(), 'ERR_ARENA_CLOSED');
  },
};
