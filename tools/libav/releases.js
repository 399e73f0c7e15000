/** The releases of FFmpeg that published binaries of video work with, and where their headers come from. */

/**
 * @typedef {object} Release
 * @property {string} name Of FFmpeg.
 * @property {number} codec Major version of libavcodec, by which programs choose the binary.
 * @property {string} suite Of a distribution that has this release.
 * @property {'debian' | 'ubuntu'} distribution
 * @property {string[]} packages
 */

/**
 * @param {number} format Also of libavcodec.
 * @param {number} util
 * @param {number} scale
 */
const packages = (format, util, scale) => [
  ...['libavformat-dev', 'libavcodec-dev', 'libavutil-dev', 'libswscale-dev'],
  ...[`libavformat${format}`, `libavcodec${format}`, `libavutil${util}`, `libswscale${scale}`],
];

/** @type {readonly Release[]} */
export const RELEASES = [
  { name: '4.4', codec: 58, distribution: 'ubuntu', suite: 'jammy', packages: packages(58, 56, 5) },
  {
    name: '5',
    codec: 59,
    distribution: 'debian',
    suite: 'bookworm',
    packages: packages(59, 57, 6),
  },
  { name: '6', codec: 60, distribution: 'ubuntu', suite: 'noble', packages: packages(60, 58, 7) },
  { name: '7', codec: 61, distribution: 'debian', suite: 'trixie', packages: packages(61, 59, 8) },
];

/** Debian's package of the keys of Ubuntu, signed by Debian's keys. */
export const UBUNTU_KEYS = {
  distribution: 'debian',
  suite: 'trixie',
  packages: ['ubuntu-keyring'],
};

/**
 * Where apt finds packages, as a line of sources.list. Their signatures are checked with the keys.
 *
 * @param {{ distribution: string, suite: string }} release
 * @param {string} architecture As Debian calls it.
 * @param {string} ubuntuKeys
 */
export function sourceOf({ distribution, suite }, architecture, ubuntuKeys) {
  if (distribution === 'debian') {
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
    return `deb [signed-by=${keys}] http://deb.debian.org/debian ${suite} main`;
  }
  const mirror =
    architecture === 'amd64' ? 'archive.ubuntu.com/ubuntu' : 'ports.ubuntu.com/ubuntu-ports';
  return `deb [signed-by=${ubuntuKeys}] http://${mirror} ${suite} main universe`;
}
