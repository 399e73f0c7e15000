import { markAsUntransferable } from 'node:worker_threads';
import type { Arena, OpenUnit, Reader, Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { collect } from '../collect.js';
import { arenaMappings } from '../left-behind.js';
import { describeMemoryOfThreads } from '../memory-of-threads.js';
import { type Mover, movers } from '../movers.js';
import { expectCode, failureOf } from '../outcome.js';
import { fillRecord, makeRecord, type RecordId, readRecord } from '../sequence.js';
import type { Stage } from '../stage.js';
import { contentNow, nextContent, nextLease } from '../take.js';

const unitBytes = 128 * 1024;
const first: RecordId = { writer: 1, sequence: 0 };
/** When the runtime allows no views of shared memory, units are filled in private memory. */
const standIns = process.env.ARENA_NO_EXTERNAL_BUFFERS !== undefined;

/** The ways in which a writer gives a unit up. */
const endings: [string, (unit: OpenUnit, writer: Writer, arena: Arena) => void][] = [
  ['its abort', (unit) => unit.abort()],
  ["its writer's end", (_, writer) => writer.close()],
  ["its arena's end", (_, __, arena) => arena.close()],
];

export function describeMoving(stage: Stage): void {
  const { zeroCopy } = stage.transport;

  it.each(Object.entries(movers))(
    'a lease to %s keeps its memory as it is, for as long as that shows it',
    async (_, move) => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
      await lookThroughMovedLease(arena, writer, reader, move);
      await collect(() => arena.stats().leasesOut === 0);
      expect(roomFor(2, writer)).toBe(true);
    },
  );

  async function lookThroughMovedLease(
    arena: Arena,
    writer: Writer,
    reader: Reader,
    move: Mover,
  ): Promise<void> {
    await writer.write(makeRecord(unitBytes, first));
    const lease = await nextLease(reader);
    const moved = await move(lease.bytes);
    lease.release();
    expect(lease.bytes.byteLength).toBe(0);
    expect(arena.stats().leasesOut).toBe(zeroCopy ? 1 : 0);
    for (let sequence = 0; sequence < 3; sequence++) {
      await writer.write(makeRecord(unitBytes, { writer: 2, sequence }));
      expect(readRecord((await nextContent(reader)).bytes).sequence).toBe(sequence);
      await collect(() => true);
    }
    expect(readRecord(moved)).toEqual(first);
  }

  it('a lease whose buffer cannot be emptied keeps its memory as it is', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    await lookThroughMarkedLease(writer, reader);
    await collect(() => arena.stats().leasesOut === 0);
  });

  async function lookThroughMarkedLease(writer: Writer, reader: Reader): Promise<void> {
    await writer.write(makeRecord(unitBytes, first));
    const lease = await nextLease(reader);
    markAsUntransferable(lease.bytes.buffer);
    lease.release();
    await writer.write(makeRecord(unitBytes, { writer: 2, sequence: 0 }));
    await nextContent(reader);
    // From Node.js 24 on the memory stays visible.
    if (lease.bytes.byteLength > 0) expect(readRecord(lease.bytes)).toEqual(first);
  }

  it.each(Object.entries(movers))('a unit to %s is not published', async (_, move) => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    await commitMovedUnit(writer, move);
    expect(reader.tryRead()).toBeNull();
    arena.close();
    await collect(() => arenaMappings().length === 0);
  });

  it.each(
    Object.entries(movers).flatMap(([by, move]) =>
      endings.map(([end, give]) => [by, end, move, give] as const),
    ),
  )('a unit to %s keeps its memory from others after %s', async (_, __, move, give) => {
    const arena = stage.create({ unitBytes, units: 2 });
    const reader = arena.reader();
    const other = arena.writer();
    await scribbleIntoMovedUnit(stage, arena, other, move, give);
    let found: RecordId | undefined;
    await collect(() => {
      const content = contentNow(reader);
      if (content) found = readRecord(content.bytes);
      return found !== undefined && roomFor(2, other);
    });
    expect(found).toEqual(first);
    expect(arena.stats()).toMatchObject({ writers: 1 });
  });

  describeMemoryOfThreads(stage, ['lease', 'unit']);
}

async function commitMovedUnit(writer: Writer, move: Mover): Promise<void> {
  const unit = await writer.acquire(unitBytes);
  await move(unit.bytes);
  for (let attempt = 0; attempt < 2; attempt++) {
    expectCode(
      failureOf(() => unit.commit()),
      'ERR_ARENA_MOVED',
    );
  }
  unit.abort();
  expectCode(
    failureOf(() => unit.commit()),
    'ERR_ARENA_UNIT_ENDED',
  );
}

/** Opens a unit by a new writer, moves and ends it, and then still writes to the memory. */
async function scribbleIntoMovedUnit(
  stage: Stage,
  arena: Arena,
  other: Writer,
  move: Mover,
  give: (unit: OpenUnit, writer: Writer, arena: Arena) => void,
): Promise<void> {
  const attached = stage.attach(arena.handle);
  const writer = attached.writer();
  const unit = await writer.acquire(unitBytes);
  const moved = await move(unit.bytes);
  give(unit, writer, attached);
  const next = other.tryAcquire(unitBytes);
  if (!next) throw new Error('the other unit has no room');
  fillRecord(next.bytes, first);
  // A unit in private memory keeps no memory of the arena.
  expect(roomFor(1, other)).toBe(standIns);
  moved.fill(255);
  next.commit();
  attached.close();
}

/** Whether this many units can be opened at once. */
function roomFor(units: number, writer: Writer): boolean {
  const opened = Array.from({ length: units }, () => writer.tryAcquire(unitBytes));
  for (const unit of opened) unit?.abort();
  return opened.every((unit) => unit !== null);
}
