/** What fuzzing begins with: small files that ffmpeg makes, and packed packets of them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demux } from '@arena/video';

/** Smallest clips of the containers and codecs that are most used. */
const CLIPS = [
  ['h264.mp4', '-c:v', 'libx264', '-bf', '2', '-g', '4'],
  ['h264.ts', '-c:v', 'libx264', '-bf', '1', '-g', '4'],
  ['vp8.webm', '-c:v', 'libvpx', '-g', '4'],
  ['mjpeg.avi', '-c:v', 'mjpeg'],
  ['mpeg4.mkv', '-c:v', 'mpeg4', '-g', '4'],
  ['raw.h264', '-c:v', 'libx264', '-g', '4'],
];

/** @param {string} folder Gets a folder of inputs for each target. */
export async function writeSeeds(folder) {
  const input = ['-f', 'lavfi', '-i', 'testsrc2=size=16x16:rate=8:duration=1'];
  mkdirSync(join(folder, 'demux'));
  mkdirSync(join(folder, 'metadata'));
  for (const [name = '', ...encoder] of CLIPS) {
    const path = join(folder, 'demux', name);
    execFileSync('ffmpeg', ['-loglevel', 'error', '-nostdin', ...input, ...encoder, path]);
    const packets = await demux(path);
    const packed = new Uint8Array(packets.packedByteLength);
    packets.copyTo(packed);
    writeFileSync(join(folder, 'metadata', name), packed);
  }
}
