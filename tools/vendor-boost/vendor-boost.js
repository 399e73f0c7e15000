/**
 * Cuts the headers that arena uses out of Debian's Boost 1.81, without installing anything.
 *
 * Downloads the two packages into a temporary folder, compares them with the pinned checksums and unpacks
 * them there. Boost's own `bcp` copies the headers and the headers that they include. Debian 12 installs
 * Boost 1.74, so a system-wide installation is not enough. No root is needed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, isStamped, writeStamp } from '../checkout/fingerprint.js';
import { root } from '../checkout/root.js';
import { PlainError, say } from '../commands/command.js';
import { runShown } from '../commands/run-shown.js';
import { CHECKSUMS, HEADERS, PACKAGES, VERSION } from './pinned.js';

const VENDOR = 'packages/shm-core/vendor/boost-1.81';
const STAMP = `${VENDOR}/.stamp`;
/** Boost writes 1.81.0 as 108100. */
const OLDEST_SYSTEM_BOOST = 108100;
const SYSTEM_INCLUDES = ['/usr/local/include', '/usr/include'];

/**
 * Puts the headers into packages/shm-core/vendor/boost-1.81, or finds a suitable Boost of the system.
 *
 * @returns {Promise<boolean>} Whether anything was done.
 * @throws {PlainError} Neither is possible. The message says why, and names a remedy.
 */
export async function vendorBoost() {
  const wanted = fingerprint(['tools/vendor-boost/pinned.js']);
  if (isStamped(STAMP, wanted)) return false;
  const folder = mkdtempSync(join(tmpdir(), 'arena-boost-'));
  try {
    await download(folder);
    await unpack(folder);
    await copyHeaders(folder);
    writeStamp(STAMP, wanted);
    return true;
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    return useSystemBoost(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function download(folder) {
  const checksums = checksumsForThisMachine();
  const names = PACKAGES.map((name) => `${name}=${VERSION}`);
  await downloadWith([], folder, names).catch(() => downloadWithFreshLists(folder, names));
  const files = await readdir(folder);
  PACKAGES.forEach((name, index) => {
    const file = files.find((candidate) => candidate.startsWith(`${name}_`)) ?? '';
    const found = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    if (found !== checksums[index]) {
      throw new PlainError(
        `${file} has the SHA-256 ${found}, not ${checksums[index]}. The file was not used.`,
      );
    }
  });
}

function checksumsForThisMachine() {
  const { stdout } = spawnSync('dpkg', ['--print-architecture'], { encoding: 'utf8' });
  const architecture = stdout?.trim() || `${process.platform} without dpkg`;
  const checksums = Object.entries(CHECKSUMS).find(([name]) => name === architecture)?.[1];
  if (checksums === undefined) {
    throw new PlainError(`there is no pinned Boost package for ${architecture}.`);
  }
  return checksums;
}

/**
 * Makes private lists of packages, because a new container has none, and a plain user may not update
 * those of the system.
 *
 * @param {string} folder
 * @param {string[]} names
 */
async function downloadWithFreshLists(folder, names) {
  const lists = join(folder, 'lists');
  const cache = join(folder, 'cache');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
  const options = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`];
  await runShown('reading the list of Debian packages', ['apt-get', ...options, 'update']);
  await downloadWith(options, folder, names);
}

/**
 * @param {string[]} options
 * @param {string} folder
 * @param {string[]} names
 */
async function downloadWith(options, folder, names) {
  const command = ['apt-get', ...options, 'download', ...names];
  await runShown('downloading Boost 1.81 (12 MB)', command, { cwd: folder });
}

/** @param {string} folder */
async function unpack(folder) {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
    const command = ['dpkg', '-x', join(folder, file), join(folder, 'unpacked')];
    await runShown(`unpacking ${file}`, command);
  }
}

/** @param {string} folder */
async function copyHeaders(folder) {
  const unpacked = join(folder, 'unpacked', 'usr');
  const chosen = join(folder, 'chosen');
  mkdirSync(chosen);
  const bcp = [join(unpacked, 'bin', 'bcp'), `--boost=${join(unpacked, 'include')}`];
  await runShown('cutting out Boost.Interprocess', [...bcp, ...HEADERS, chosen]);
  await cp(join(unpacked, 'share/doc/libboost1.81-dev/copyright'), join(chosen, 'LICENSE'));
  const target = join(root, VENDOR);
  rmSync(target, { recursive: true, force: true });
  await cp(chosen, `${target}.new`, { recursive: true });
  renameSync(`${target}.new`, target);
}

/**
 * @param {PlainError} reason
 * @returns {false}
 */
function useSystemBoost(reason) {
  const own = process.env.BOOST_ROOT;
  const folders = [...(own ? [own, join(own, 'include')] : []), ...SYSTEM_INCLUDES];
  const found = folders.find((folder) => boostVersionIn(folder) >= OLDEST_SYSTEM_BOOST);
  if (found === undefined) {
    throw new PlainError(
      `Boost 1.81 could not be vendored: ${reason.message}\n` +
        'Nor is there a Boost 1.81 or newer on this machine. Install its headers and try again.',
    );
  }
  say(`Boost 1.81 could not be vendored (${reason.message}); using the Boost in ${found}.`);
  return false;
}

/**
 * @param {string} folder
 * @returns {number} As in `BOOST_VERSION`; 0 when there is none.
 */
function boostVersionIn(folder) {
  const header = join(folder, 'boost', 'version.hpp');
  if (!existsSync(header)) return 0;
  return Number(/#define BOOST_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1] ?? 0);
}
