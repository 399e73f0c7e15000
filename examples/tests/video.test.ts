import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { libavVersions } from '@arena/video';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

function reasonAgainst(): string | undefined {
  try {
    libavVersions();
    return spawnSync('ffmpeg', ['-version']).error?.message;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = reasonAgainst();
if (reason !== undefined) console.warn(`Skipping the examples of video: ${reason}`);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-examples-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function ffmpeg(...args: string[]): string {
  return execFileSync('ffmpeg', ['-loglevel', 'error', '-nostdin', ...args], { encoding: 'utf8' });
}

/** Two seconds of moving pictures beside a sound. */
function makeClip(name: string, ...encoder: string[]): string {
  const path = join(folder, name);
  const sound = ['-f', 'lavfi', '-i', 'sine=duration=2'];
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=2'];
  ffmpeg(...sound, ...pictures, ...encoder, '-pix_fmt', 'yuv420p', path);
  return path;
}

/** MD5 of every frame, as ffmpeg decodes the file. */
function frameMd5s(path: string, pixelFormat: string): string[] {
  const format = ['-vsync', 'passthrough', '-pix_fmt', pixelFormat, '-f', 'framemd5', '-'];
  const lines = ffmpeg('-i', path, '-map', '0:v:0', ...format).split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.split(',').at(-1) as string).trim());
}

const formats: [string, string[]][] = [
  ['clip.mp4', ['-c:v', 'libx264', '-g', '12', '-bf', '3', '-c:a', 'aac']],
  ['clip.ts', ['-c:v', 'libx264', '-g', '12', '-bf', '3', '-c:a', 'aac']],
  ['clip.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '12']],
];

describe.skipIf(reason !== undefined).each([
  ['video-two-processes', 'yuv420p'],
  ['video-frames-in-place', 'rgb24'],
])('%s', (example, pixelFormat) => {
  it.each(formats)('gives the frames of %s that ffmpeg gives', async (name, encoder) => {
    const path = makeClip(`${example}-${name}`, ...encoder);
    const { status, lines, stderr } = await run(example, path);
    expect(lines).toEqual(frameMd5s(path, pixelFormat));
    expect(lines.length).toBe(50);
    expect(stderr.split('\n').length).toBeGreaterThan(3);
    expect(status).toBe(0);
  });

  it('ends with the reason where the file is none', async () => {
    const path = join(folder, 'text.mp4');
    writeFileSync(path, 'no video');
    const { status, lines, stderr } = await run(example, path);
    expect(stderr).toContain('ERR_ARENA_MEDIA');
    expect(stderr).toContain('ERR_ARENA_PEER_LOST');
    expect(lines).toEqual([]);
    expect(status).toBe(1);
  });
});
