import { once } from 'node:events';
import { read, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Arena, OpenUnit, Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { collect } from '../collect.js';
import { fifo } from '../fifo.js';
import { arenaMappings, until } from '../left-behind.js';
import { expectCode, failureOf } from '../outcome.js';
import type { Stage } from '../stage.js';
import { contentNow, nextContent } from '../take.js';

const unitBytes = 128 * 1024;
const read9s = new Uint8Array(10).fill(9);

/** Where the runtime allows no views of shared memory, units are filled in private memory. */
const standIns = process.env.ARENA_NO_EXTERNAL_BUFFERS !== undefined;

/** The ways in which a writer gives a unit up. */
const endings: [string, (unit: OpenUnit, writer: Writer, arena: Arena) => void][] = [
  ['its abort', (unit) => unit.abort()],
  ["its writer's end", (_, writer) => writer.close()],
  ["its arena's end", (_, __, arena) => arena.close()],
  ['the loss of its buffer', loseBuffer],
];

/** Native code writes to open units; `fs.read` stands for it here. */
export function describeHolds(stage: Stage): void {
  it('cannot be committed before the last hold has ended', async () => {
    const { writer, reader } = stage.pair({ unitBytes });
    const unit = await writer.acquire(unitBytes);
    const holds = [unit.hold(), unit.hold()];
    unit.bytes.fill(3);
    for (const endHold of holds) {
      expectCode(
        failureOf(() => unit.commit()),
        'ERR_ARENA_INVALID_STATE',
      );
      endHold();
      endHold();
    }
    expect(reader.tryRead()).toBeNull();
    unit.commit();
    const { bytes } = await nextContent(reader);
    expect([bytes.byteLength, bytes.every((byte) => byte === 3)]).toEqual([unitBytes, true]);
  });

  it('does not keep other units from being committed', async () => {
    const { writer, reader } = stage.pair({ unitBytes });
    const [first, second] = [await writer.acquire(1), await writer.acquire(1)];
    const endHold = second.hold();
    first.bytes[0] = 1;
    first.commit();
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
    endHold();
  });

  it.each(endings)('keeps its memory from others past %s', async (_, give) => {
    using pipe = fifo();
    const arena = stage.create({ unitBytes, units: 2 });
    const [other, reader] = [arena.writer(), arena.reader()];
    const mappings = arenaMappings().length;
    const attached = stage.attach(arena.handle);
    const writer = attached.writer();
    const unit = await writer.acquire(unitBytes);
    const { bytes } = unit;
    const endHold = unit.hold();
    const reading = readInto(pipe.blocking, bytes);
    give(unit, writer, attached);
    const next = await other.acquire(unitBytes);
    next.bytes.fill(7);
    const another = other.tryAcquire(unitBytes);
    expect(another === null).toBe(!standIns);
    another?.abort();
    for (let turn = 0; turn < 3; turn++) await collect(() => true);
    writeSync(pipe.other, read9s);
    expect(await reading).toBeNull();
    expect(next.bytes.every((byte) => byte === 7)).toBe(true);
    endHold();
    endHold();
    next.abort();
    await collect(() => contentNow(reader) === null && roomFor(2, other));
    attached.close();
    expect(arena.stats()).toMatchObject({ writers: 1 });
    await collect(() => arenaMappings().length === mappings);
  });

  it('is not held once it has ended', async () => {
    const { arena, writer } = stage.pair();
    const unit = await writer.acquire(1);
    unit.abort();
    expectCode(
      failureOf(() => unit.hold()),
      'ERR_ARENA_UNIT_ENDED',
    );
    const open = await writer.acquire(1);
    arena.close();
    expectCode(
      failureOf(() => open.hold()),
      'ERR_ARENA_CLOSED',
    );
  });

  it.each([
    ['is terminated', ''],
    ['is terminated with the unit aborted', 'unit.abort();'],
    ['is terminated with the arena closed', 'arena.close();'],
  ])('comes back when the thread that held it %s', async (_, ending) => {
    const arena = stage.create({ unitBytes, units: 2 });
    const [writer, reader] = [arena.writer(), arena.reader()];
    const source = `
      import { parentPort } from 'node:worker_threads';
      import { ${stage.transport.arenaClass.name} as Arena } from '${stage.transport.module}';
      const arena = Arena.attach('${arena.handle}');
      const unit = arena.writer().tryAcquire(${unitBytes});
      globalThis.endHold = unit.hold();
      ${ending}
      parentPort.on('message', () => {});
      parentPort.postMessage('held');`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
    const thread = new Worker(url, { execArgv: [] });
    await once(thread, 'message');
    expect(roomFor(2, writer)).toBe(standIns && ending !== '');
    await thread.terminate();
    await until(() => contentNow(reader) === null && roomFor(2, writer));
    expect(arena.stats()).toMatchObject({ writers: 1 });
  });
}

/** Moves a buffer and drops it, which gives its memory up. */
function loseBuffer(unit: OpenUnit): void {
  const buffer = unit.bytes.buffer as ArrayBuffer & { transfer?(): ArrayBuffer };
  if (buffer.transfer) buffer.transfer();
  else unit.abort();
}

const readInto = (from: number, target: Uint8Array): Promise<Error | null> =>
  new Promise((resolve) => read(from, target, 0, read9s.byteLength, null, resolve));

/** Whether this many units can be opened at once. */
function roomFor(units: number, writer: Writer): boolean {
  const opened = Array.from({ length: units }, () => writer.tryAcquire(unitBytes));
  for (const unit of opened) unit?.abort();
  return opened.every((unit) => unit !== null);
}
