/** The calls of writers, and of the units that they have open. */
import type { OpenUnit, Writer } from '@arena/shm-core';
import fc from 'fast-check';
import { expectFailure, expectPatience } from './outcomes.js';
import { bytesFor, envelopeSizes, sizes } from './sizes.js';
import { contentOf, type UnitContent } from './unit-content.js';
import { chosen, type OpenInRun, type World } from './world.js';

const index = fc.nat(1000);
const how = fc.constantFrom('async', 'sync', 'try');
const copy = fc.constantFrom(undefined, true, false);

/** The writer of a pool also takes `copy`. */
type AnyOptions = { envelope?: Uint8Array; timeoutMs?: number; copy?: boolean | undefined };

export const newContent = (world: World, size: number, envelope: number): UnitContent =>
  contentOf(world.model.newNumber(), bytesFor(size, world.maxUnitBytes), envelope);

export function optionsOf(world: World, { envelope }: UnitContent, copy: boolean | undefined) {
  const options: AnyOptions = {};
  if (envelope.length > 0) options.envelope = envelope;
  if (copy !== undefined && world.traits.choosesCopies) options.copy = copy;
  return options;
}

/** A writer of a pool takes options here, and the contract's writer takes none. */
interface ManyWriter {
  tryWriteMany(units: readonly Uint8Array[], options?: AnyOptions): number;
}

async function written(how: string, writer: Writer, bytes: Uint8Array, options: AnyOptions) {
  if (how === 'try') return writer.tryWrite(bytes, options);
  if (how === 'sync') writer.writeSync(bytes, { ...options, timeoutMs: 0 });
  else await writer.write(bytes, { ...options, timeoutMs: 0 });
  return true;
}

export const write = {
  arguments: { by: index, how, size: sizes, envelope: envelopeSizes, copy },
  async run(
    world: World,
    call: { by: number; how: string; size: number; envelope: number; copy: boolean | undefined },
  ) {
    const writer = world.writer(call.by);
    const content = newContent(world, call.size, call.envelope);
    try {
      const options = optionsOf(world, content, call.copy);
      if (await written(call.how, writer, content.bytes, options)) {
        world.model.add(content, 'committed');
      }
    } catch (error) {
      expectPatience(error);
    }
  },
};

export const writeMany = {
  arguments: { by: index, how, sizes: fc.array(sizes, { minLength: 1, maxLength: 8 }), copy },
  async run(
    world: World,
    call: { by: number; how: string; sizes: number[]; copy: boolean | undefined },
  ) {
    const writer = world.writer(call.by);
    const contents = call.sizes.map((size) => newContent(world, size, 0));
    const units = contents.map(({ bytes }) => bytes);
    const before = world.writtenUnits;
    let count = units.length;
    try {
      const options = optionsOf(world, contents[0] as UnitContent, call.copy);
      if (call.how === 'try') count = (writer as ManyWriter).tryWriteMany(units, options);
      else await writer.writeMany(units, { ...options, timeoutMs: 0 });
    } catch (error) {
      expectPatience(error);
      count = Number((error as { details: { written?: number } }).details.written ?? 0);
    }
    for (const content of contents.slice(0, count)) world.model.add(content, 'committed');
    const really = world.writtenUnits - before;
    if (really !== count)
      throw new Error(`${count} units are said to be written, and ${really} are`);
  },
};

export const acquire = {
  arguments: { by: index, how, size: sizes, envelope: envelopeSizes },
  async run(world: World, call: { by: number; how: string; size: number; envelope: number }) {
    const writer = world.writer(call.by);
    const content = newContent(world, call.size, call.envelope);
    const { length } = content.bytes;
    const options = optionsOf(world, content, undefined);
    let unit: OpenUnit | null = null;
    try {
      if (call.how === 'try') unit = writer.tryAcquire(length, options);
      else if (call.how === 'sync') unit = writer.acquireSync(length, { ...options, timeoutMs: 0 });
      else unit = await writer.acquire(length, { ...options, timeoutMs: 0 });
    } catch (error) {
      expectPatience(error);
    }
    if (unit === null) return;
    unit.bytes.set(content.bytes);
    const placed = !world.traits.placedAtCommit || length === 0;
    const place = placed ? world.model.add(content, 'open') : undefined;
    world.open.push({ unit, writer, content, place, holds: [] });
  },
};

/** What an ended unit must answer. */
async function expectEnded(open: OpenInRun): Promise<void> {
  const { unit, writer } = open;
  if (unit.bytes.byteLength !== 0) throw new Error('the bytes of an ended unit are not empty');
  const code = writer.closed ? 'ERR_ARENA_CLOSED' : 'ERR_ARENA_UNIT_ENDED';
  await expectFailure(() => unit.commit(), code);
  await expectFailure(() => unit.hold(), code);
  unit.abort();
}

export const commit = {
  arguments: { unit: index, fewer: fc.nat(5000), abort: fc.boolean() },
  async run(world: World, call: { unit: number; fewer: number; abort: boolean }) {
    const open = chosen(world.open, call.unit);
    if (open === undefined) return;
    if (call.abort) abort(world, open);
    else await commitOpen(world, open, Math.max(0, open.content.bytes.length - call.fewer));
  },
};

async function commitOpen(world: World, open: OpenInRun, byteLength: number): Promise<void> {
  const { unit, content, holds } = open;
  await expectFailure(() => unit.commit(content.bytes.length + 1), 'ERR_ARENA_INVALID_ARGUMENT');
  if (holds.length > 0) {
    await expectFailure(() => unit.commit(byteLength), 'ERR_ARENA_INVALID_STATE');
    return;
  }
  unit.commit(byteLength);
  const place = open.place ?? world.model.add(content, 'open');
  place.content = { ...content, bytes: content.bytes.subarray(0, byteLength) };
  place.state = 'committed';
  world.open.splice(world.open.indexOf(open), 1);
  await expectEnded(open);
}

export function abort(world: World, open: OpenInRun): void {
  open.unit.abort();
  if (open.place !== undefined) open.place.state = 'given up';
  world.open.splice(world.open.indexOf(open), 1);
  for (const end of open.holds) end();
}

export const holdOpenUnit = {
  arguments: { unit: index, end: fc.boolean() },
  async run(world: World, call: { unit: number; end: boolean }) {
    const open = chosen(world.open, call.unit);
    if (open === undefined) return;
    if (!call.end) {
      open.holds.push(open.unit.hold());
      return;
    }
    const end = open.holds.pop();
    end?.();
    end?.();
  },
};

export const changeWriters = {
  arguments: { by: index, open: fc.boolean() },
  async run(world: World, call: { by: number; open: boolean }) {
    if (call.open) {
      if (world.writers.length < 4) world.writers.push(world.arena(call.by).writer());
      return;
    }
    // The stream would end with its last writer.
    if (world.writers.length === 1) return;
    const writer = world.writer(call.by);
    writer.close();
    world.writers.splice(world.writers.indexOf(writer), 1);
    for (const open of world.open.filter((one) => one.writer === writer)) {
      abort(world, open);
      await expectEnded(open);
    }
    await expectFailure(() => writer.tryWrite(new Uint8Array(1)), 'ERR_ARENA_CLOSED');
  },
};

export const flush = {
  arguments: { by: index },
  async run(world: World, { by }: { by: number }) {
    world.writer(by).flush();
  },
};
