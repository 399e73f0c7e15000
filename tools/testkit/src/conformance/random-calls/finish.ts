/** The end of a run: nothing may be lost, and all room must be free again. */

import { release } from './leases.js';
import { readAndRelease } from './reading.js';
import { contentOf, expectBytes } from './unit-content.js';
import type { World } from './world.js';
import { abort } from './writing.js';

/** A lost unit may be reported instead of a unit, so one look is not enough. */
async function readAll(world: World): Promise<void> {
  for (const one of world.readers) {
    let nothing = 0;
    while (nothing < 2) nothing = (await readAndRelease(world, one)) ? 0 : nothing + 1;
  }
}

function expectStats(world: World, expected: Record<string, number>): void {
  const stats = world.arenas[1].stats() as unknown as Record<string, number>;
  for (const [name, value] of Object.entries(expected)) {
    if (stats[name] !== value) throw new Error(`stats: ${name} is ${stats[name]}, not ${value}`);
  }
}

/** All units were read, and no lease is out: the arena has room for as much as at its beginning. */
async function expectAllRoom(world: World): Promise<void> {
  for (let unit = 0; unit < world.traits.largestUnits; unit++) {
    const content = contentOf(world.model.newNumber(), world.maxUnitBytes, 0);
    if (!world.writer(0).tryWrite(content.bytes)) {
      throw new Error(
        `no room for unit ${unit} of ${content.bytes.length} bytes in an empty arena`,
      );
    }
    world.model.add(content, 'committed');
  }
  await readAll(world);
}

async function expectEnd(world: World): Promise<void> {
  for (const writer of world.writers) writer.close();
  for (const { reader } of world.readers) {
    const end = await reader.read();
    if (end !== null || !reader.ended || reader.tryRead() !== null) {
      throw new Error('a reader has read everything, and its stream does not end');
    }
  }
}

export async function finish(world: World): Promise<void> {
  for (const open of [...world.open]) abort(world, open);
  await readAll(world);
  expectStats(world, { writtenUnits: world.model.committed });
  const [kept] = world.leases;
  for (const one of world.leases.slice(1)) await release(world, one);
  if (kept === undefined || !kept.lease.zeroCopy) {
    expectStats(world, { leasesOut: 0 });
    // A ring that overwrites keeps units that all readers have read.
    if (!world.traits.overwrites) expectStats(world, { inFlight: 0 });
    await expectAllRoom(world);
  }
  await expectEnd(world);
  for (const arena of world.arenas) arena.close();
  for (const { loan, content } of world.endedLoans) {
    expectBytes('the envelope of an ended loan', loan.envelope, content.envelope);
  }
  // A lease outlives its arena.
  if (kept === undefined) return;
  expectBytes('a lease of a closed arena', kept.lease.bytes, kept.content.bytes);
  await release(world, kept);
}
