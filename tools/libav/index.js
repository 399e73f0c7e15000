/**
 * Fetches the headers and libraries of every release of FFmpeg that published binaries of video are built for:
 *
 *     node tools/libav [amd64 arm64]
 *
 * They lie in `build/libav/<architecture>/<release>` afterwards. Nothing is installed, and nothing of them is
 * published: the compiler reads the headers, and the linker reads the names of the libraries.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { runCommand } from '../commands/command.js';
import { runShown } from '../commands/run-shown.js';
import { debianMirror } from './debian-mirror.js';
import { RELEASES } from './releases.js';

const FOLDER = join(root, 'build/libav');
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

await runCommand('libav', async () => {
  const asked = process.argv.slice(2);
  const mirror = debianMirror();
  for (const architecture of asked.length > 0 ? asked : ['amd64']) {
    for (const release of RELEASES) {
      const title = `FFmpeg ${release.name} for ${architecture}`;
      const source = `deb [signed-by=${KEYS}] ${mirror} ${release.suite} main`;
      const folder = join(FOLDER, architecture, release.name);
      await fetchPackages(title, folder, { source, packages: release.packages }, architecture);
    }
  }
});

/**
 * @param {string} title
 * @param {string} folder
 * @param {{ source: string, packages: string[] }} wanted `source` is a line of sources.list.
 * @param {string} architecture As Debian calls it.
 */
async function fetchPackages(title, folder, { source, packages }, architecture) {
  if (existsSync(folder)) return;
  const work = `${folder}.apt`;
  const archives = join(work, 'archives');
  for (const part of ['lists/partial', 'cache/archives/partial', 'archives', 'unpacked']) {
    mkdirSync(join(work, part), { recursive: true });
  }
  writeFileSync(join(work, 'sources.list'), `${source}\n`);
  writeFileSync(join(work, 'status'), '');
  const apt = aptFor(work, architecture);
  await runShown(`looking for ${title}`, [...apt, 'update']);
  await runShown(`downloading ${title}`, [...apt, 'download', ...packages], { cwd: archives });
  for (const archive of readdirSync(archives)) {
    const unpack = ['dpkg', '-x', join(archives, archive), join(work, 'unpacked')];
    await runShown(`unpacking ${archive}`, unpack);
  }
  renameSync(join(work, 'unpacked'), folder);
  rmSync(work, { recursive: true });
}

/**
 * apt with lists, cache and sources of its own, so that the system's stay as they are.
 *
 * @param {string} work
 * @param {string} architecture
 */
function aptFor(work, architecture) {
  const options = {
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': 'root',
  };
  return [
    'apt-get',
    '-qq',
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ];
}
