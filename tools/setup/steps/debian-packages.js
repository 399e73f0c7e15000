/** Installs Debian packages. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isStamped, writeStamp } from '../../checkout/fingerprint.js';
import { PlainError, say } from '../../commands/command.js';
import { runShown } from '../../commands/run-shown.js';
import { GROUPS } from './debian-groups.js';
import { isProvided, missingPackages } from './present-packages.js';

/**
 * @typedef {import('./debian-groups.js').DebianPackage} DebianPackage
 * @typedef {import('./debian-groups.js').DebianGroup} DebianGroup
 */

const DEFAULT_GROUPS = ['build', 'video'];
const APT_GET = ['apt-get', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];

/** One update serves all groups of a run. */
let listsAreFresh = false;

/**
 * Installs missing packages, as root or with a sudo that asks for no password.
 *
 * @param {string[]} extraGroups Groups beside the default ones.
 * @returns {Promise<boolean>} Whether anything was installed.
 * @throws {PlainError} A required package is missing and cannot be installed from here; the message
 *   has the command that installs it.
 */
export async function installDebianPackages(extraGroups) {
  let didSomething = false;
  for (const [name, group] of groupsCalled([...DEFAULT_GROUPS, ...extraGroups])) {
    didSomething = (await installGroup(name, group)) || didSomething;
  }
  return didSomething;
}

/**
 * @param {string[]} names
 * @returns {string[]} The missing packages as text; empty when all are installed.
 */
export function missingDebianPackages(names) {
  return groupsCalled(names).flatMap(([, { purpose, packages }]) => {
    const missing = missingPackages(packages);
    return missing.length === 0 ? [] : [lackOf(missing, purpose)];
  });
}

/**
 * @param {string[]} names
 * @returns {[string, DebianGroup][]}
 */
function groupsCalled(names) {
  return names.map((name) => {
    const group = GROUPS[name];
    if (group !== undefined) return [name, group];
    const known = Object.keys(GROUPS).join(', ');
    throw new PlainError(`no group of Debian packages is called ${name}; there are ${known}.`);
  });
}

/**
 * @param {DebianPackage[]} missing
 * @param {string} purpose
 */
function lackOf(missing, purpose) {
  return `${missing.map(({ name }) => name).join(', ')} missing, for ${purpose}`;
}

/**
 * @param {string} name
 * @param {DebianGroup} group
 */
async function installGroup(name, group) {
  const missing = missingPackages(group.packages);
  if (missing.length === 0) return false;
  const privilege = privilegePrefix();
  const command = `sudo apt-get update && sudo apt-get install ${pinned(missing).join(' ')}`;
  const lack = lackOf(missing, group.purpose);
  if (privilege === undefined) {
    if (group.required) throw new PlainError(`${lack}. Install with:\n  ${command}`);
    say(`${lack}. To have it:\n  ${command}`);
    return false;
  }
  return group.required
    ? install(privilege, missing, group.purpose)
    : installOptional(name, privilege, missing, group.purpose);
}

/**
 * An optional group that could not be installed is tried again only when its list changes. Otherwise a
 * machine without a network would wait before every test run.
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
    if (!(error instanceof PlainError)) throw error;
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
 * @returns {string[]} Arguments for apt-get: exact versions on Debian 12, names elsewhere.
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

/** @returns {string[] | undefined} The command before apt-get; undefined without a way to become root. */
function privilegePrefix() {
  if (!isProvided('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 ? ['sudo', '-n', '--preserve-env=DEBIAN_FRONTEND'] : undefined;
}
