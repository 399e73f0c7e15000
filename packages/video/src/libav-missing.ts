/** Says why video does not work here: which libav is missing, or too old or new. */
import { readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { ArenaError } from '@arena/shm-core';
import type { Lack } from '@arena/shm-core/internal';

/** Major versions of libavcodec that the sources work with: FFmpeg 4.4 to 7. */
const oldestCodec = 58;
const newestCodec = 61;
/** Those for which binaries are published: FFmpeg 5 and 7, as in Debian 12 and 13. */
const publishedCodecs = [59, 61];

const triplets: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

/** Folders in which systems keep libraries. */
function libraryFolders(): string[] {
  const { LD_LIBRARY_PATH = '' } = process.env;
  const triplet = triplets[process.arch];
  const own = triplet === undefined ? [] : [`/usr/lib/${triplet}`, `/lib/${triplet}`];
  const common = ['/usr/lib64', '/usr/lib', '/usr/local/lib', '/usr/local/lib64'];
  return [...LD_LIBRARY_PATH.split(delimiter).filter(Boolean), ...own, ...common];
}

/** The major versions of the libavcodec that lie in these folders. */
export function libavsHere(folders: readonly string[] = libraryFolders()): number[] {
  const found = folders.flatMap((folder) => {
    const names = namesIn(folder);
    return names.flatMap((name) => /^libavcodec\.so\.(\d+)/.exec(name)?.[1] ?? []);
  });
  return [...new Set(found.map(Number))].sort((a, b) => a - b);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * @param lack Why no addon was loaded.
 * @param here Major versions of libavcodec on this system.
 */
export function missing({ target, tried, published }: Lack, here: readonly number[]): ArenaError {
  const looked = tried.length > 0 ? ` (looked for ${tried.join('; ')})` : '';
  return new ArenaError(
    'ERR_ARENA_LIBAV_MISSING',
    `video cannot be used here: ${factOf(here)}${looked}. ${remedyFor(here, published)}`,
    { platform: target, libavcodec: here.join(', ') },
  );
}

const supported = 'FFmpeg 4.4 to 7 (libavcodec 58 to 61)';

const isSupported = (codec: number): boolean => oldestCodec <= codec && codec <= newestCodec;

function factOf(here: readonly number[]): string {
  const [first] = here;
  if (first === undefined) return `libav is not installed; video works with ${supported}`;
  if (here.some(isSupported)) return 'its native addon does not load';
  const word = first > newestCodec ? 'too new' : 'too old';
  return `libavcodec ${here.join(', ')} is ${word}; video works with ${supported}`;
}

function remedyFor(here: readonly number[], published: string | undefined): string {
  const build = 'build the addon: npx arena-build @arena/video (needs the headers of libav)';
  if (!here.some(isSupported)) {
    return `Install libav (on Debian and Ubuntu: apt-get install ffmpeg). Or install its headers, and ${build}.`;
  }
  const fits = here.some((codec) => publishedCodecs.includes(codec));
  return published && fits
    ? `Install it: npm install ${published}. Or ${build}.`
    : `To have it, ${build}.`;
}
