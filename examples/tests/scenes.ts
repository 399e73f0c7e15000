/** The programs of the READMEs, completed to programs that run, with the lines that they print. */
import type { ShownFile } from './readme-blocks.js';

/** Files that READMEs show, completed to a program that runs. */
export interface Scene {
  readonly readme: string;
  readonly files: Readonly<Record<string, ShownFile>>;
  readonly prints: readonly string[];
  /** The folder has a file `clip.mp4`. */
  readonly film?: boolean;
}

const alone = (readme: string, prints: readonly string[]): Scene => ({
  readme,
  files: { 'main.js': { program: 0 } },
  prints,
});

export const scenes: readonly Scene[] = [
  alone(
    'README.md',
    Array.from({ length: 100 }, (_, frame) => String(frame)),
  ),
  alone('packages/shm-core/README.md', ['7 true true']),
  {
    readme: 'packages/shm-core/README.md',
    files: { 'main.js': { program: 1, after: 'console.log(arena?.closed);' } },
    prints: ['true'],
  },
  alone('packages/transport-pool/README.md', ['1048576 1', '1048576 2', '1048576 3']),
  ...[1, 2, 3, 4].map((program) => ({
    readme: 'packages/transport-pool/README.md',
    files: { 'main.js': { program } },
    prints: ['60'],
  })),
  alone('packages/transport-ring/README.md', ['one', 'two', 'three', 'one', 'two', 'three']),
  alone('packages/payloads/README.md', ['7 6291456 left']),
  {
    readme: 'packages/payloads/README.md',
    files: { 'main.js': { program: 1 } },
    prints: ['true', 'true', 'true'],
  },
  {
    readme: 'packages/payloads/README.md',
    files: {
      'main.js': {
        program: 2,
        after: `
          import { ItemReader, ItemWriter } from '@arena/payloads';
          import { SegmentPool } from '@arena/transport-pool';
          const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2 });
          const reader = new ItemReader(pool.reader());
          const packet = new Packet(5n, Uint8Array.of(1, 2, 3), null);
          await new ItemWriter(pool.writer()).write({ packet });
          const { value: { packet: came } } = await reader.read();
          console.log(came instanceof Packet, came.pts, came.bytes.join());`,
      },
    },
    prints: ['true 5n 1,2,3'],
  },
  {
    readme: 'packages/pipeline/README.md',
    files: {
      'frames.js': {
        program: 0,
        before: 'const decode = async (file) => new Uint8Array(2 ** 20).fill(file);',
      },
      'main.js': {
        program: 1,
        before: `
          const files = Array.from({ length: 16 }, (_, file) => file);
          let sum = 0;
          const train = (batch) => { for (const frame of batch) sum += frame.at(-1); };`,
        after: 'console.log(sum);',
      },
    },
    prints: ['1200'], // ten times 0 to 15
  },
  {
    readme: 'packages/video/README.md',
    files: {
      'producer.js': { program: 0 },
      'main.js': {
        program: 1,
        before: `
          import { fork } from 'node:child_process';
          import { SegmentPool } from '@arena/transport-pool';
          const arena = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 4 });
          fork('producer.js', { env: { ...process.env, ARENA: arena.handle } });
          let frames = 0;
          const train = ([count, ...picture], data) => {
            if (data.length !== count * picture.reduce((a, b) => a * b)) throw new Error('no frames');
            frames += count;
          };`,
        after: 'console.log(frames);',
      },
    },
    prints: ['30'],
    film: true,
  },
  {
    readme: 'packages/video/README.md',
    files: {
      'main.js': {
        program: 2,
        before: `
          import { readFileSync } from 'node:fs';
          import { SegmentPool } from '@arena/transport-pool';
          import { demux as demuxed } from '@arena/video';
          const pool = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 3, writers: 1 });
          const [writer, reader] = [pool.writer(), pool.reader()];
          const film = await demuxed('clip.mp4');
          const packed = new Uint8Array(film.packedByteLength);
          film.copyTo(packed);
          for (const bytes of [packed, readFileSync('clip.mp4'), packed]) await writer.write(bytes);
          let frames = 0;
          const train = ([count]) => { frames += count; };`,
        after: 'console.log(frames, pool.stats().leasesOut);',
      },
    },
    prints: ['90 0'],
    film: true,
  },
];
