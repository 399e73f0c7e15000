import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { BusyName } from './peers/busy-thread.js';
import type { Left, Terminations } from './peers/terminations.js';
import type { Stage } from './stage.js';

const program = fileURLToPath(new URL('./peers/terminations.js', import.meta.url));
const needs = { unitBytes: 32 * 1024, units: 4 };

/** Number of threads that are ended in each way. ARENA_TERMINATIONS sets another number. */
const rounds = Number(process.env.ARENA_TERMINATIONS ?? 5);

/** Limit for a test with any number of threads: a longer test hangs. */
const timeoutMs = 60_000 + rounds * 2000;

const nothing = {
  moreDescriptors: 0,
  moreMappings: 0,
  leasesOut: 0,
  morePeers: 0,
  free: needs.units,
  readsOn: true,
};

/** A way in which a busy thread ends: its name in the tests, the work of the thread, and the end. */
export type Ending = readonly [name: string, doing: BusyName, ending: string];

/** Ends busy threads in a process of its own, which must survive that. */
async function leftAfter(stage: Stage, doing: BusyName): Promise<Left> {
  const { transport } = stage;
  const work: Terminations = {
    module: transport.module,
    className: transport.arenaClass.name,
    options: stage.options(needs),
    ...needs,
    broadcast: transport.broadcast,
    doing,
    rounds,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(work)]);
  return JSON.parse(stdout);
}

/** Tests that a thread that ends in each of these ways leaves nothing behind. */
export function describeTerminatedThreads(stage: Stage, endings: readonly Ending[]): void {
  it.each(endings)(
    'of a thread that %s leaves the process and the arena as they were',
    async (_, doing, ending) => {
      const left = await leftAfter(stage, doing);
      expect(left).toEqual({ ...nothing, endings: [ending] });
    },
    timeoutMs,
  );
}
