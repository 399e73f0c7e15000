/** Lays out the files of each published package in a folder, and packs the folder. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../checkout/root.js';
import { PlainError } from '../commands/command.js';
import { runShown } from '../commands/run-shown.js';
import { binariesManifest, publishedManifest } from './manifest.js';
import { notices } from './notices.js';
import { manifestOf } from './published.js';
import { vendoredHeaders } from './sources.js';
import { VIDEO } from './targets.js';
import { CHOICE, choiceOf } from './video.js';

const STAGED = 'build/pack/staged';

/**
 * @param {string} folder Of a package.
 * @param {string} target One whose binaries were built.
 * @returns {string} Folder with the files to publish.
 */
export function stagePackage(folder, target) {
  const manifest = manifestOf(folder);
  const files = new Map(filesOf(folder).map((file) => [file, join(root, folder, file)]));
  if (folder === 'packages/shm-core') {
    for (const [place, file] of vendoredHeaders(target)) files.set(place, file);
  }
  return stage(publishedManifest(folder, manifest), files, notices(folder, false));
}

/**
 * @param {string} folder Of the package that the binaries belong to.
 * @param {string} target
 * @param {Map<string, string>} files The binaries by their names.
 * @returns {string} Folder with the files to publish.
 */
export function stageBinaries(folder, target, files) {
  const names = [...files.keys()];
  const main = folder === VIDEO ? CHOICE : (names[0] ?? '');
  const manifest = binariesManifest(manifestOf(folder), target, main);
  const staged = stage(manifest, files, notices(folder, true));
  if (folder === VIDEO) writeFileSync(join(staged, CHOICE), choiceOf(names));
  const readme = `# ${manifest.name}\n\n${manifest.description}. That package loads it; install that one.\n`;
  writeFileSync(join(staged, 'README.md'), readme);
  return staged;
}

/**
 * @param {Record<string, any>} manifest
 * @param {Map<string, string>} files By their places.
 * @param {string} thirdParties
 */
function stage(manifest, files, thirdParties) {
  const folder = join(root, STAGED, manifest.name);
  rmSync(folder, { recursive: true, force: true });
  for (const [place, file] of files) {
    mkdirSync(dirname(join(folder, place)), { recursive: true });
    copyFileSync(file, join(folder, place));
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  if (thirdParties) writeFileSync(join(folder, 'THIRD_PARTY_NOTICES.md'), thirdParties);
  return folder;
}

/**
 * @param {string} staged
 * @param {string} to Folder for the archive.
 * @returns {Promise<void>}
 */
export async function pack(staged, to) {
  const npm = ['npm', 'pack', '--ignore-scripts', '--pack-destination', to];
  await runShown(`packing ${staged.split(`${STAGED}/`)[1]}`, npm, { cwd: staged });
}

/**
 * @param {string} folder
 * @returns {string[]} The files that package.json chooses.
 */
function filesOf(folder) {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const cwd = join(root, folder);
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new PlainError(`npm pack fails in ${folder}:\n${stderr}`);
  const [{ files }] = JSON.parse(stdout);
  return files
    .map((/** @type {{ path: string }} */ { path }) => path)
    .filter((/** @type {string} */ path) => path !== 'package.json' && isPublished(folder, path));
}

/**
 * A build leaves the output of sources that were deleted since.
 *
 * @param {string} folder
 * @param {string} path
 */
function isPublished(folder, path) {
  if (path.endsWith('.tsbuildinfo')) return false;
  const compiled = /^dist\/(.*)\.(js|d\.ts)(\.map)?$/.exec(path);
  return !compiled || existsSync(join(root, folder, 'src', `${compiled[1]}.ts`));
}
