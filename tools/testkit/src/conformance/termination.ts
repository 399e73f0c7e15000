import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { BusyName } from '../peers/busy-thread.js';
import type { Left, Terminations } from '../peers/terminations.js';
import type { Stage } from '../stage.js';

const program = fileURLToPath(new URL('../peers/terminations.js', import.meta.url));
const needs = { unitBytes: 32 * 1024, units: 4 };

/** Threads that are ended in each of the ways; ARENA_TERMINATIONS sets another number. */
const rounds = Number(process.env.ARENA_TERMINATIONS ?? 5);

/** Limit for a test with any number of threads: a longer test hangs. */
const timeoutMs = 60_000 + rounds * 2000;

const busyNames: BusyName[] = [
  'reads',
  'iterates',
  'readsSync',
  'readsMany',
  'readsInto',
  'keepsLeases',
  'opensReaders',
  'borrows',
  'acquires',
  'writes',
];

export function describeTermination(stage: Stage): void {
  const { transport } = stage;

  /** Ends busy threads in a process of its own, which must survive that. */
  async function leftAfter(doing: BusyName): Promise<Left> {
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

  const nothing = {
    moreDescriptors: 0,
    moreMappings: 0,
    leasesOut: 0,
    morePeers: 0,
    free: needs.units,
    readsOn: true,
  };
  const lends = transport.arenaClass.name === 'RingBuffer';

  it.each(busyNames.filter((doing) => lends || doing !== 'borrows'))(
    'of a thread that %s leaves the process and the arena as they were',
    async (doing) => {
      expect(await leftAfter(doing)).toEqual({ ...nothing, endings: ['exit code 1'] });
    },
    timeoutMs,
  );

  it.each<[string, BusyName, string]>([
    ['exits when it is woken', 'exits', 'exit code 3'],
    ['has used up its memory', 'hoards', 'ERR_WORKER_OUT_OF_MEMORY'],
  ])(
    'of a thread that %s leaves the process and the arena as they were',
    async (_, doing, ending) => {
      expect(await leftAfter(doing)).toEqual({ ...nothing, endings: [ending] });
    },
    timeoutMs,
  );
}
