/**
 * Makes the archives that are published: one for each package, and one for its binaries on each kind of machine.
 *
 *     node tools/pack [--to build/packages] [--target linux-x64-gnu]
 *
 * Without `--target` it makes the binaries of every kind of machine that can be built here.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../checkout/root.js';
import { PlainError, runCommand } from '../commands/command.js';
import { requireSetUp } from '../setup/required.js';
import { buildableTargets, buildBinaries } from './binaries.js';
import { publishedFolders } from './published.js';
import { pack, stageBinaries, stagePackage } from './stage.js';
import { TARGETS } from './targets.js';

await runCommand('pack', async () => {
  const { to, target } = parseArgs({
    options: {
      to: { type: 'string', default: 'build/packages' },
      target: { type: 'string', multiple: true },
    },
  }).values;
  requireSetUp(['built']);
  const targets = target ?? buildableTargets();
  const [first] = targets;
  const staged = [];
  for (const one of targets) {
    if (!(one in TARGETS)) {
      throw new PlainError(
        `${one} is no kind of machine that is published for; there are ${Object.keys(TARGETS).join(', ')}.`,
      );
    }
    for (const [folder, files] of await buildBinaries(one)) {
      staged.push(stageBinaries(folder, one, files));
    }
  }
  const archives = resolve(root, to);
  rmSync(archives, { recursive: true, force: true });
  mkdirSync(archives, { recursive: true });
  for (const folder of publishedFolders()) staged.push(stagePackage(folder, first ?? ''));
  await Promise.all(staged.map((folder) => pack(folder, archives)));
});
