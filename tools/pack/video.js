/** Builds the addon of video once for each release of libav, because each release has another binary interface. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { PlainError, say } from '../commands/command.js';
import { RELEASES } from '../libav/releases.js';
import { buildWithCMake } from '../native-build/cmake.js';
import { buildFolder } from './build-folder.js';
import { TARGETS, VIDEO } from './targets.js';

/** The program that chooses among the addons. */
export const CHOICE = 'index.js';

/** @param {{ codec: number }} release */
export const fileFor = ({ codec }) => `arena_video_${codec}.node`;

/**
 * @param {string} target
 * @param {string[]} options Of CMake.
 * @returns {Promise<Map<string, string>>} The addons by their names.
 */
export async function buildVideo(target, options) {
  const { debian = '', triplet = '' } = TARGETS[target] ?? {};
  const files = new Map();
  for (const release of RELEASES) {
    const there = join(root, 'build/libav', debian, release.name, 'usr');
    if (!existsSync(there)) {
      say(
        `leaving out video for FFmpeg ${release.name} on ${target}. To have it: node tools/libav ${debian}`,
      );
      continue;
    }
    const build = `${buildFolder(target, VIDEO)}-${release.codec}`;
    await buildWithCMake({
      title: `video for FFmpeg ${release.name} on ${target}`,
      source: VIDEO,
      build,
      options: [
        ...options,
        `-DARENA_LIBAV_INCLUDE=${join(there, 'include', triplet)}`,
        `-DARENA_LIBAV_LIB=${join(there, 'lib', triplet)}`,
      ],
      targets: ['arena_video'],
    });
    files.set(fileFor(release), join(root, build, 'arena_video.node'));
  }
  if (files.size > 0) return files;
  const codec = TARGETS[target]?.cpu === process.arch ? systemCodec() : undefined;
  if (codec !== undefined) {
    const build = `${buildFolder(target, VIDEO)}-system`;
    const title = `video for the libav of this system on ${target}`;
    await buildWithCMake({ title, source: VIDEO, build, options, targets: ['arena_video'] });
    return new Map([[fileFor({ codec }), join(root, build, 'arena_video.node')]]);
  }
  throw new PlainError(
    `there is no libav to build video with. This helps:\n  node tools/libav ${debian}`,
  );
}

/** @returns {number | undefined} Major version of the system's libavcodec, where its headers are installed. */
function systemCodec() {
  const asked = ['--modversion', 'libavcodec'];
  const { status, stdout } = spawnSync('pkg-config', asked, { encoding: 'utf8' });
  return status === 0 ? Number.parseInt(stdout, 10) : undefined;
}

/**
 * @param {string[]} files The addons.
 * @returns {string} A program that loads the one for the newest libav of the system.
 */
export function choiceOf(files) {
  const newestFirst = [...files].sort().reverse();
  const loads = newestFirst.map((file) => `  () => require('./${file}'),\n`).join('');
  return `'use strict';
// Each release of libav has another binary interface. The system has the libraries of one, seldom of two.
// Bundlers follow these literals.
const loads = [
${loads}];

function newest() {
  const reasons = [];
  for (const load of loads) {
    try {
      return load();
    } catch (error) {
      reasons.push(error.message.split('\\n', 1)[0]);
    }
  }
  throw new Error(reasons.join('; '));
}

module.exports = newest();
`;
}
