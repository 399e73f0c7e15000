import type { Arena, Reader, Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { collect } from '../collect.js';
import { arenaDescriptors, arenaMappings } from '../left-behind.js';
import type { Pair, Stage } from '../stage.js';
import { contentNow, nextContent, nextLease } from '../take.js';

const unitBytes = 2 ** 17;

export function describeCollection(stage: Stage): void {
  it.each([0, 100, unitBytes])('of a unit of %i bytes left open aborts it', async (byteLength) => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    await openAndDrop(writer, byteLength);
    await writer.write(Uint8Array.of(1));
    let found: number | undefined;
    await collect(() => {
      found ??= contentNow(reader)?.bytes[0];
      return found === 1;
    });
    await collect(() => roomIsBack(arena, writer));
  });

  it('of a lease left unreleased takes it back', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    for (let round = 0; round < 3; round++) {
      await writer.write(new Uint8Array(unitBytes));
      await leaseAndDrop(reader);
      await collect(() => arena.stats().leasesOut === 0);
    }
    arena.close();
    await collect(() => arenaDescriptors().length === 0);
  });

  it('of a lease spares memory that a view still shows', async () => {
    await lookThroughViewOfDroppedLease(stage.pair({ unitBytes, units: 2 }));
    await collect(() => arenaDescriptors().length === 0);
  });

  it('of a lease frees the memory of a closed reader that the program still refers to', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    await writer.write(new Uint8Array(unitBytes));
    await leaseAndDrop(reader);
    reader.close();
    arena.close();
    await collect(() => arenaDescriptors().length === 0 && arenaMappings().length === 0);
    expect([reader.closed, reader.ended]).toEqual([true, false]);
  });

  it('of an arena left open closes it', async () => {
    for (let round = 0; round < 5; round++) await createAndDrop(stage);
    await collect(() => arenaDescriptors().length === 0);
  });

  it('of an arena does not end a read that waits', async () => {
    const { handle } = stage.create();
    const reading = readOfDroppedArena(stage, handle);
    for (let round = 0; round < 5; round++) await collect(() => true);
    const writer = stage.attach(handle).writer();
    await writer.write(Uint8Array.of(3));
    expect(await reading).toBe(3);
    await collect(() => arenaDescriptors().length <= 2);
  });

  it.runIf(stage.transport.zeroCopy)(
    'warns once, with the place where a lease was taken',
    async () => {
      const script = stage.script(
        `const arena = Arena.create(JSON.parse(process.argv[1]));
      const writer = arena.writer();
      const reader = arena.reader();
      function takeAndForget() {
        reader.tryRead();
      }
      for (let round = 0; round < 3; round++) {
        writer.writeSync(new Uint8Array(${unitBytes}));
        takeAndForget();
        do {
          gc();
          await new Promise((resolve) => setTimeout(resolve, 5));
        } while (arena.stats().leasesOut > 0);
      }
      arena.close();`,
        {
          args: [JSON.stringify(stage.options({ unitBytes, units: 2 }))],
          execArgv: ['--expose-gc'],
        },
      );
      const { code, stderr } = await script.end;
      expect(code).toBe(0);
      expect(stderr.match(/ARENA_LEASE_LEAKED/g)).toHaveLength(1);
      expect(stderr).toContain('takeAndForget');
      expect(stderr).toContain('release()');
    },
  );

  it('stays silent about released leases', async () => {
    const script = stage.script(
      `const arena = Arena.create(JSON.parse(process.argv[1]));
      const writer = arena.writer();
      const reader = arena.reader();
      for (let round = 0; round < 20; round++) {
        await writer.write(new Uint8Array(${unitBytes}));
        (await reader.read()).release();
      }
      gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
      arena.close();`,
      {
        args: [JSON.stringify(stage.options({ unitBytes, units: 2 }))],
        execArgv: ['--expose-gc'],
      },
    );
    expect(await script.end).toMatchObject({ code: 0, stderr: '' });
  });
}

/** In functions of their own, because objects on the stack are not collected. */
async function openAndDrop(writer: Writer, byteLength: number): Promise<void> {
  const unit = await writer.acquire(byteLength);
  unit.bytes.fill(9);
}

async function leaseAndDrop(reader: Reader): Promise<void> {
  await nextLease(reader);
}

async function viewOfDroppedLease(reader: Reader): Promise<Uint8Array> {
  return (await nextLease(reader)).bytes.subarray(100, 200);
}

async function lookThroughViewOfDroppedLease({ arena, writer, reader }: Pair): Promise<void> {
  await writer.write(new Uint8Array(unitBytes).fill(5));
  const view = await viewOfDroppedLease(reader);
  for (let round = 0; round < 5; round++) await collect(() => true);
  const unit = writer.tryAcquire(unitBytes);
  unit?.bytes.fill(6);
  expect(view.every((byte) => byte === 5)).toBe(true);
  unit?.abort();
  arena.close();
}

async function readOfDroppedArena(stage: Stage, handle: string): Promise<number | undefined> {
  const lease = await stage.transport.arenaClass.attach(handle).reader().read();
  const first = lease?.bytes[0];
  lease?.release();
  return first;
}

async function createAndDrop(stage: Stage): Promise<void> {
  const arena = stage.transport.arenaClass.create(stage.options());
  const reader = arena.reader();
  await arena.writer().write(Uint8Array.of(1));
  await nextContent(reader);
}

function roomIsBack(arena: Arena, writer: Writer): boolean {
  const units = [writer.tryAcquire(unitBytes), writer.tryAcquire(unitBytes)];
  for (const unit of units) unit?.abort();
  return units.every((unit) => unit !== null) && arena.stats().inFlight === 0;
}
