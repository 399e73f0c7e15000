import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVideoData, libavVersions } from '@arena/video';
import { describe, expect, it, onTestFinished } from 'vitest';
import { layOut, programsIn, runIn, type ShownFile } from './readme-blocks.js';

/** Files that READMEs show, completed to a program that runs. */
interface Scene {
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

const scenes: readonly Scene[] = [
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

const top = fileURLToPath(new URL('../..', import.meta.url));
const readmes = [
  'README.md',
  ...readdirSync(join(top, 'packages')).map((name) => `packages/${name}/README.md`),
].filter((readme) => existsSync(join(top, readme)));

const hasLibav = () => {
  try {
    return libavVersions() !== undefined;
  } catch {
    return false;
  }
};

describe('the programs that the READMEs show', () => {
  it('are all run here', () => {
    const shown = readmes.flatMap((readme) =>
      programsIn(readme).map((_, program) => `${readme} ${program}`),
    );
    const run = scenes.flatMap(({ readme, files }) =>
      Object.values(files).map(({ program }) => `${readme} ${program}`),
    );
    expect(run.sort()).toEqual(shown.sort());
  });

  const runnable = hasLibav() ? scenes : scenes.filter(({ film }) => !film);
  it.each(runnable)(
    '$readme: $prints.0',
    async ({ readme, files, prints, film }) => {
      const folder = layOut(readme, files);
      onTestFinished(() => rmSync(folder, { recursive: true }));
      if (film) {
        const clip = { durationSeconds: 1, width: 320, height: 180 };
        writeFileSync(join(folder, 'clip.mp4'), await createVideoData(200_000, clip));
      }
      const { status, lines, stderr } = await runIn(folder);
      expect(stderr).toBe('');
      expect(lines).toEqual(prints);
      expect(status).toBe(0);
    },
    180_000,
  );
});
