/** Debian packages, by what needs them. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isStamped, writeStamp } from '../fingerprint.js';
import { runShown, SetupError, say } from '../progress.js';

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {string} [version] The version of Debian 12; absent where security updates replace it.
 * @property {string} [provides] A command or a header that serves as well, wherever it came from.
 */

/** @type {Record<string, { purpose: string, required: boolean, packages: DebianPackage[] }>} */
const GROUPS = {
  build: {
    purpose: 'compiling the native code',
    required: true,
    packages: [
      { name: 'cmake', version: '3.25.1-1', provides: 'cmake' },
      { name: 'g++', version: '4:12.2.0-3', provides: 'g++' },
      { name: 'make', version: '4.3-4.1', provides: 'make' },
      { name: 'doctest-dev', version: '2.4.9~ds-1', provides: '/usr/include/doctest/doctest.h' },
      { name: 'libuv1-dev', provides: join(dirname(process.execPath), '../include/node/uv.h') },
    ],
  },
  video: {
    purpose: 'video (everything else works without)',
    required: false,
    packages: [
      { name: 'pkg-config', version: '1.8.1-1', provides: 'pkg-config' },
      { name: 'libavformat-dev' },
      { name: 'libavcodec-dev' },
      { name: 'libavutil-dev' },
      { name: 'libswscale-dev' },
      { name: 'ffmpeg', provides: 'ffmpeg' },
    ],
  },
  check: {
    purpose: 'running the tests in a terminal',
    required: true,
    packages: [{ name: 'bsdutils', provides: 'script' }],
  },
  format: {
    purpose: 'checking the format of the C++ code',
    required: true,
    packages: [
      { name: 'clang-format-16', version: '1:16.0.6-15~deb12u1', provides: 'clang-format-16' },
    ],
  },
  model: {
    purpose: 'checking the models of the core',
    required: true,
    packages: [{ name: 'spin', version: '6.5.2+dfsg-1', provides: 'spin' }],
  },
  sanitize: {
    purpose: 'the native tests under sanitizers',
    required: true,
    packages: [
      { name: 'clang-16', version: '1:16.0.6-15~deb12u1', provides: 'clang++-16' },
      { name: 'libclang-rt-16-dev', version: '1:16.0.6-15~deb12u1' },
    ],
  },
};

const DEFAULT_GROUPS = ['build', 'video'];
const APT_GET = ['apt-get', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];

/** One update serves all groups of a run. */
let listsAreFresh = false;

/**
 * Installs what is missing, as root or with a sudo that asks for no password.
 *
 * @param {string[]} extraGroups Groups beside the default ones.
 * @returns {Promise<boolean>} Whether anything was installed.
 * @throws {SetupError} A required package is missing and cannot be installed from here; the message
 *   has the command that installs it.
 */
export async function installDebianPackages(extraGroups) {
  const names = [...DEFAULT_GROUPS, ...extraGroups];
  const unknown = names.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) {
    const known = Object.keys(GROUPS).join(', ');
    throw new SetupError(
      `no group of packages is called ${unknown.join(', ')}; there are ${known}.`,
    );
  }
  const installed = installedPackages(names.flatMap((name) => GROUPS[name]?.packages ?? []));
  let didSomething = false;
  for (const name of names) {
    didSomething = (await installGroup(name, installed)) || didSomething;
  }
  return didSomething;
}

/**
 * @param {string} name
 * @param {Set<string>} installed
 */
async function installGroup(name, installed) {
  const group = GROUPS[name];
  const missing = group?.packages.filter((wanted) => !isThere(wanted, installed)) ?? [];
  if (group === undefined || missing.length === 0) return false;
  const privilege = privilegePrefix();
  const command = `sudo apt-get update && sudo apt-get install ${pinned(missing).join(' ')}`;
  const lack = `${missing.map((wanted) => wanted.name).join(', ')} missing, for ${group.purpose}`;
  if (privilege === undefined) {
    if (group.required) throw new SetupError(`${lack}. Install with:\n  ${command}`);
    say(`${lack}. To have it:\n  ${command}`);
    return false;
  }
  return group.required
    ? install(privilege, missing, group.purpose)
    : installOptional(name, privilege, missing, group.purpose);
}

/**
 * An optional group that could not be installed is not tried again until its list changes: a
 * machine without a network would otherwise wait for it before every test run.
 *
 * @param {string} name
 * @param {string[]} privilege
 * @param {DebianPackage[]} missing
 * @param {string} purpose
 */
async function installOptional(name, privilege, missing, purpose) {
  const names = missing.map((wanted) => wanted.name).join(' ');
  const stamp = `build/setup/not-available-${name}`;
  const retry = `Delete ${stamp} to try again.`;
  if (isStamped(stamp, names)) {
    say(`${names} could not be installed before, for ${purpose}. ${retry}`);
    return false;
  }
  try {
    return await install(privilege, missing, purpose);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    writeStamp(stamp, names);
    say(`${error.message}\nGoing on without, for ${purpose}. ${retry}`);
    return false;
  }
}

/**
 * @param {string[]} privilege
 * @param {DebianPackage[]} missing
 * @param {string} purpose
 */
async function install(privilege, missing, purpose) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (!listsAreFresh) {
    const update = [...privilege, ...APT_GET, 'update'];
    await runShown('updating the list of Debian packages', update, { env });
    listsAreFresh = true;
  }
  const names = missing.map((wanted) => wanted.name);
  const title = `installing ${names.join(' ')} for ${purpose}`;
  await runShown(title, [...privilege, ...APT_GET, 'install', ...pinned(missing)], { env });
  return true;
}

/**
 * @param {DebianPackage[]} packages
 * @returns {string[]} What apt-get is to install: exact versions on Debian 12, names elsewhere.
 */
function pinned(packages) {
  if (!isDebian12()) return packages.map(({ name }) => name);
  return packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`));
}

function isDebian12() {
  try {
    const release = readFileSync('/etc/os-release', 'utf8');
    return /^ID=debian$/m.test(release) && /^VERSION_ID="12"$/m.test(release);
  } catch {
    return false;
  }
}

/**
 * @param {DebianPackage} wanted
 * @param {Set<string>} installed
 */
function isThere({ name, provides }, installed) {
  return installed.has(name) || (provides !== undefined && isProvided(provides));
}

/** @param {string} provided A command, or the full path of a header. */
function isProvided(provided) {
  if (provided.startsWith('/')) return isAccessible(provided, constants.R_OK);
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => isAccessible(join(folder, provided), constants.X_OK));
}

/**
 * @param {string} path
 * @param {number} mode
 */
function isAccessible(path, mode) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {DebianPackage[]} packages
 * @returns {Set<string>} Empty where there is no dpkg.
 */
function installedPackages(packages) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in.
  const format = '${Package} ${db:Status-Status}\n';
  const names = packages.map(({ name }) => name);
  // Ends with 1 when it does not know a name; what it does know is on stdout all the same.
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' });
  const lines = (stdout ?? '').split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(lines.map((line) => line.slice(0, line.indexOf(' '))));
}

/** @returns {string[] | undefined} What to put before apt-get; undefined where nothing helps. */
function privilegePrefix() {
  if (!isProvided('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 ? ['sudo', '-n', '--preserve-env=DEBIAN_FRONTEND'] : undefined;
}
