/** Calls that wait until another call, a signal or the time ends them. */
import type { Lease } from '@arena/shm-core';
import fc from 'fast-check';
import { expectFailure, expectPatience } from './outcomes.js';
import { gotLease, readAndRelease } from './reading.js';
import { envelopeSizes, sizes } from './sizes.js';
import type { AnyReader, ReaderInRun, World } from './world.js';
import { newContent, optionsOf, write } from './writing.js';

const index = fc.nat(1000);

interface WaitForUnit {
  readonly by: number;
  readonly how: string;
  readonly end: string;
  readonly size: number;
  readonly envelope: number;
}

async function leasesOf(reader: AnyReader, how: string, options: object): Promise<Lease[]> {
  if (how === 'readMany') return (await reader.readMany(3, options)) ?? [];
  const lease = await reader.read(options);
  return lease === null ? [] : [lease];
}

const canWait = (world: World, { model, loan }: ReaderInRun): boolean =>
  // A loss that is still to be reported would end the wait.
  model.isKnown && model.next === undefined && loan === undefined && !world.traits.overwrites;

async function expectAborted(waiting: Promise<unknown>, abort: (reason: Error) => void) {
  const reason = new Error('aborted');
  abort(reason);
  const error = await waiting.then(
    () => new Error('a call went on after its signal'),
    (caught) => caught,
  );
  if (error !== reason) throw error;
}

/** A call that finds nothing waits, and a unit that comes ends the wait. */
export const waitForUnit = {
  arguments: {
    by: index,
    how: fc.constantFrom('read', 'readMany'),
    end: fc.constantFrom('write', 'write', 'signal', 'time'),
    size: sizes,
    envelope: envelopeSizes,
  },
  async run(world: World, { by, how, end, size, envelope }: WaitForUnit) {
    const one = world.reader(by);
    if (!canWait(world, one)) return;
    if (end === 'time') {
      await expectFailure(() => leasesOf(one.reader, how, { timeoutMs: 1 }), 'ERR_ARENA_TIMEOUT');
      return;
    }
    const aborting = new AbortController();
    const { signal } = aborting;
    const waiting = leasesOf(one.reader, how, { signal });
    if (end === 'write')
      await write.run(world, { by, how: 'try', size, envelope, copy: undefined });
    if (one.model.next === undefined) {
      await expectAborted(waiting, (reason) => aborting.abort(reason));
    } else {
      for (const lease of await waiting) gotLease('a call that waited', world, one, lease);
    }
  },
};

/** A call that finds no room waits. It ends when readers make room, or by its signal. */
export const waitForRoom = {
  arguments: { by: index, size: sizes, envelope: envelopeSizes, reads: fc.nat(4) },
  async run(world: World, call: { by: number; size: number; envelope: number; reads: number }) {
    if (!world.traits.waitsForRoom) return;
    const content = newContent(world, call.size, call.envelope);
    const aborting = new AbortController();
    const { signal } = aborting;
    const options = { ...optionsOf(world, content, undefined), signal };
    let outcome: unknown;
    const before = world.writtenUnits;
    const writing = world
      .writer(call.by)
      .write(content.bytes, options)
      .then(
        () => {
          world.model.add(content, 'committed');
          outcome = 'written';
        },
        (error) => {
          outcome = error;
        },
      );
    // A call that did not wait may answer only after a turn of the event loop.
    if (world.writtenUnits > before) return writing;
    for (let reads = 0; reads < call.reads && outcome === undefined; reads++) {
      await readAndRelease(world, world.reader(call.by + reads));
      await new Promise(setImmediate);
    }
    aborting.abort();
    await writing;
    if (outcome !== 'written' && outcome !== signal.reason) expectPatience(outcome);
    return undefined;
  },
};
