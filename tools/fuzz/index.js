/**
 * Fuzzes the code that decodes bytes of other processes, under ASan and UBSan:
 *
 *     node tools/fuzz [<seconds for each target> [<seed>]]
 *
 * Without a seed it always takes the same one, so a build server finds the faults of a change. Other
 * seeds are for hunting by hand. Exits with 1 when an input fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../checkout/root.js';
import { runCommand } from '../commands/command.js';
import { buildableNativePackages } from '../native-build/native-packages.js';
import { requireSetUp } from '../setup/required.js';
import { unpackCorpus } from './corpus.js';
import { buildTargets, fuzz } from './libfuzzer.js';

const [seconds = 25, seed = 1] = process.argv.slice(2).map(Number);
/** At most this many processes at once, for small machines. */
const AT_ONCE = 2;

/**
 * @typedef {object} Fuzzed
 * @property {string} packageFolder
 * @property {string[]} targets
 * @property {number} largest Length of an input in bytes.
 * @property {(folder: string) => Promise<void> | void} writeSeeds Into an empty folder: a folder of
 *   inputs for each target.
 */

/** @type {Fuzzed[]} */
const FUZZED = [
  {
    packageFolder: 'packages/shm-core',
    targets: ['region', 'ring', 'pool'],
    largest: 2048,
    writeSeeds: (folder) =>
      unpackCorpus(join(root, 'packages/shm-core/native/fuzz/corpus'), folder),
  },
  {
    packageFolder: 'packages/video',
    targets: ['metadata', 'demux'],
    largest: 65_536,
    writeSeeds: async (folder) => {
      // Import this only when libav is installed.
      const seeds = pathToFileURL(join(root, 'packages/video/native/fuzz/seeds.js'));
      const { writeSeeds } = await import(seeds.href);
      await writeSeeds(folder);
    },
  },
];

/** @param {Fuzzed} fuzzed */
async function fuzzPackage({ packageFolder, targets, largest, writeSeeds }) {
  await buildTargets(packageFolder, targets);
  const folder = mkdtempSync(join(tmpdir(), 'arena-fuzz-'));
  try {
    await writeSeeds(folder);
    let passed = true;
    const waiting = [...targets];
    const work = async () => {
      for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
        const options = { seeds: join(folder, target), largest, seconds, seed };
        passed = (await fuzz(packageFolder, target, options)) && passed;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return passed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await runCommand('fuzz', async () => {
  requireSetUp(['built', 'sanitize']);
  const buildable = buildableNativePackages();
  let passed = true;
  for (const fuzzed of FUZZED.filter(({ packageFolder }) => buildable.includes(packageFolder))) {
    passed = (await fuzzPackage(fuzzed)) && passed;
  }
  return passed;
});
