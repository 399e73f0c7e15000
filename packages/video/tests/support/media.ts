/** Media files that the ffmpeg command makes, and its output about them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

let folder: string | undefined;
afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const made = new Map<string, string>();

const run = (command: string, args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });

/** A path in a folder of this test file, which is removed after the tests. */
export function pathOf(name: string): string {
  folder ??= mkdtempSync(join(tmpdir(), 'arena-video-'));
  return join(folder, name);
}

/** Runs `ffmpeg <args> <folder>/<name>` once; the file's path. */
export function ffmpeg(name: string, ...args: string[]): string {
  const known = made.get(name);
  if (known !== undefined) return known;
  const path = pathOf(name);
  run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args, path]);
  made.set(name, path);
  return path;
}

/** Not every build of ffmpeg has all of them. */
const encoders =
  spawnSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' }).stdout ?? '';

/** Moving pictures; 25 a second. */
export const pictures = (seconds = 1, size = '128x96'): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${seconds}`],
];

const withBFrames = ['-c:v', 'libx264', '-g', '10', '-bf', '3', '-pix_fmt', 'yuv420p'];

/** One clip of every codec and container that tests go through. Each has 25 frames. */
export const clips = {
  'H.264 with B-frames in MP4': () => ffmpeg('h264.mp4', ...pictures(), ...withBFrames),
  'H.264 with B-frames in MPEG-TS': () => ffmpeg('h264.ts', ...pictures(), ...withBFrames),
  'H.264 with open groups of pictures': () =>
    ffmpeg('open.mp4', ...pictures(), ...withBFrames, '-x264-params', 'open-gop=1:b-adapt=0'),
  'HEVC in MP4': () =>
    ffmpeg(
      'hevc.mp4',
      ...[...pictures(), '-c:v', 'libx265', '-pix_fmt', 'yuv420p'],
      ...['-x265-params', 'log-level=error:keyint=8:bframes=3:b-adapt=0:open-gop=1'],
    ),
  'VP9 in WebM': () =>
    ffmpeg(
      'vp9.webm',
      ...[...pictures(), '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
      ...['-g', '10', '-pix_fmt', 'yuv420p'],
    ),
  'MJPEG in AVI': () => ffmpeg('mjpeg.avi', ...pictures(), '-c:v', 'mjpeg', '-q:v', '5'),
  ...(encoders.includes(' libaom-av1 ') && {
    'AV1 in MP4': () =>
      ffmpeg(
        'av1.mp4',
        ...[...pictures(), '-c:v', 'libaom-av1', '-cpu-used', '8', '-g', '10'],
        ...['-pix_fmt', 'yuv420p', '-row-mt', '0', '-threads', '1'],
      ),
  }),
  '10 bits a sample in Matroska': () =>
    ffmpeg('deep.mkv', ...pictures(), '-c:v', 'ffv1', '-pix_fmt', 'yuv422p10le', '-g', '5'),
};

export interface ProbedPacket {
  readonly pts: bigint | null;
  readonly dts: bigint | null;
  readonly size: number;
  readonly key: boolean;
  readonly discarded: boolean;
}

/** What ffprobe reads of one stream's packets, in order. */
export function probePackets(path: string, stream = 'v:0'): ProbedPacket[] {
  const args = ['-v', 'error', '-select_streams', stream, '-of', 'json'];
  const json = run('ffprobe', [...args, '-show_entries', 'packet=pts,dts,size,flags', path]);
  const { packets } = JSON.parse(json) as {
    packets: { pts?: number; dts?: number; size: string; flags: string }[];
  };
  const time = (value: number | undefined) => (value === undefined ? null : BigInt(value));
  return packets.map(({ pts, dts, size, flags }) => ({
    pts: time(pts),
    dts: time(dts),
    size: Number(size),
    key: flags.startsWith('K'),
    discarded: flags.startsWith('D', 1),
  }));
}

export interface Conversion {
  readonly size?: string;
  /** As the file says that it is displayed. */
  readonly turned?: boolean;
}

/** MD5 of every decoded frame, as ffmpeg converts it. */
export function frameMd5s(
  path: string,
  pixelFormat: string,
  conversion: Conversion = {},
): string[] {
  const { size, turned = false } = conversion;
  const decoded = run('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin'],
    ...(turned ? [] : ['-noautorotate']),
    ...['-i', path, '-map', '0:v:0', '-vsync', 'passthrough', '-pix_fmt', pixelFormat],
    ...(size === undefined ? [] : ['-s', size]),
    ...['-f', 'framemd5', '-'],
  ]);
  return decoded
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.split(',').at(-1) as string).trim());
}
