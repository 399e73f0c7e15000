/** The releases of FFmpeg that published binaries of video are built for, and where their headers come from. */

/**
 * @typedef {object} Release
 * @property {string} name Of FFmpeg.
 * @property {number} codec Major version of libavcodec, by which programs choose the binary.
 * @property {string} suite Of Debian.
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
  { name: '5', codec: 59, suite: 'bookworm', packages: packages(59, 57, 6) },
  { name: '7', codec: 61, suite: 'trixie', packages: packages(61, 59, 8) },
];
