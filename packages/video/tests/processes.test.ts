import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ItemWriter } from '@arena/payloads';
import { SegmentPool } from '@arena/transport-pool';
import { demux, demuxStream, VideoPackets } from '@arena/video';
import { expect } from 'vitest';
import { md5sOfAll } from './support/frames.js';
import { describe, it } from './support/libav.js';
import { clips, frameMd5s } from './support/media.js';

const h264 = clips['H.264 with B-frames in MP4'];
const gray = { format: 'gray' } as const;

const program = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

it('packets that another process demuxed into units outlive it', async () => {
  using arena = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 4 });
  const reader = arena.reader();
  const child = spawn(process.execPath, [program('demux-into-units.js'), arena.handle, h264()], {
    stdio: 'inherit',
  });
  const exited = once(child, 'exit');
  const runs: VideoPackets[] = [];
  for await (const lease of reader) runs.push(VideoPackets.from(lease));
  expect(await exited).toEqual([0, null]);
  expect(await md5sOfAll(runs, gray)).toEqual(frameMd5s(h264(), 'gray'));
  for (const run of runs) run.release();
  expect(arena.stats().leasesOut).toBe(0);
});

describe('worker threads', () => {
  const startWorker = (passes: number, name = 'decode-in-worker.js') =>
    new Worker(program(name), { workerData: { path: h264(), passes } });

  it('decode beside one another', async () => {
    const workers = [startWorker(2), startWorker(2)];
    const frames = workers.map(async (worker) => {
      const counts: number[] = [];
      worker.on('message', (count) => counts.push(count));
      expect(await once(worker, 'exit')).toEqual([0]);
      return counts;
    });
    expect(await Promise.all(frames)).toEqual([
      [25, 25],
      [25, 25],
    ]);
  });

  it.each(['decode-in-worker.js', 'decode-lease-in-worker.js'])(
    'can be terminated at any time (%s)',
    async (name) => {
      h264();
      for (let delay = 0; delay < 60; delay += 4) {
        const worker = startWorker(1000, name);
        if (delay > 0) await once(worker, 'message');
        await new Promise((resolve) => setTimeout(resolve, delay));
        await worker.terminate();
      }
    },
  );

  it('give the memory back that they decode from when they are terminated', async () => {
    using arena = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 1 });
    await new ItemWriter(arena.writer(), { copyThreshold: 0 }).write(await demux(h264()));
    const workerData = { handle: arena.handle };
    const worker = new Worker(program('decode-item-in-worker.js'), { workerData });
    await once(worker, 'message');
    expect(arena.stats().leasesOut).toBe(1);
    await worker.terminate();
    expect(arena.stats().leasesOut).toBe(0);
  });
});

it('process.exit() ends a process that is decoding', async () => {
  const child = spawn(process.execPath, [program('exit-while-decoding.js'), h264()], {
    stdio: 'inherit',
  });
  expect(await once(child, 'exit')).toEqual([3, null]);
});

it('keeps no file open', async () => {
  const open = () => readdirSync('/proc/self/fd').length;
  await demux(h264());
  const before = open();
  for (let i = 0; i < 20; i++) {
    (await demux(h264())).release();
    for await (const _ of demuxStream(h264())) break;
    await expect(demux(h264(), { stream: 9 })).rejects.toThrow();
  }
  expect(open()).toBe(before);
});
