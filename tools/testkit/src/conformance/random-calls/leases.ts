/** The calls of leases. */
import fc from 'fast-check';
import { expectFailure } from './outcomes.js';
import { chosen, expectUnit, type LeaseInRun, type World } from './world.js';

const index = fc.nat(1000);

export const lease = {
  arguments: {
    lease: index,
    call: fc.constantFrom('release', 'release', 'use', 'hold', 'end a hold'),
  },
  async run(world: World, { lease: number, call }: { lease: number; call: string }) {
    const kept = chosen(world.leases, number);
    if (kept === undefined) return;
    if (call === 'hold') kept.holds.push(kept.lease.hold());
    else if (call === 'end a hold') endHold(kept);
    else if (call === 'use') await use(world, kept);
    else await release(world, kept);
  },
};

function endHold({ holds }: LeaseInRun): void {
  const end = holds.pop();
  end?.();
  end?.();
}

async function use(world: World, kept: LeaseInRun): Promise<void> {
  const { lease, content } = kept;
  await lease.use(async (bytes) => {
    lease.release();
    await Promise.resolve();
    expectUnit('a used lease', { bytes, envelope: lease.envelope }, content);
  });
  await release(world, kept);
}

export async function release(world: World, kept: LeaseInRun): Promise<void> {
  const { lease, content, holds } = kept;
  lease.release();
  lease.release();
  if (lease.active || lease.bytes.byteLength > 0) {
    throw new Error(`a released lease of ${content.bytes.length} bytes shows bytes`);
  }
  await expectFailure(() => lease.hold(), 'ERR_ARENA_LEASE_RELEASED');
  await expectFailure(() => lease.use(() => {}), 'ERR_ARENA_LEASE_RELEASED');
  expectUnit('a released lease', { bytes: content.bytes, envelope: lease.envelope }, content);
  world.leases.splice(world.leases.indexOf(kept), 1);
  for (const end of holds) end();
}
