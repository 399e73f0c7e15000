import { createVideoData, demux } from '@arena/video';
import { expect } from 'vitest';
import { turn } from './support/garbage.js';
import { describe, it } from './support/libav.js';

describe('createVideoData', () => {
  it.each([2, 8])('makes %i MiB of video within 5 %%', async (mib) => {
    const target = mib * 2 ** 20;
    const packets = await demux(await createVideoData(target));
    expect([packets.codec, packets.width, packets.height]).toEqual(['h264', 3840, 2160]);
    expect(packets.length).toBe(60);
    expect(packets.keyframes).toEqual([0, 30]);
    expect(Math.abs(packets.byteLength / target - 1)).toBeLessThan(0.05);
    expect(packets.packedByteLength).toBeLessThan(packets.byteLength + 60 * 200 + 1000);
  });

  it('takes a length and a size of pictures', async () => {
    const file = await createVideoData(100_000, { durationSeconds: 0.5, width: 64, height: 48 });
    const packets = await demux(file);
    expect([packets.width, packets.height, packets.length]).toEqual([64, 48, 15]);
  });

  it('ends with the reason of a signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const encoding = createVideoData(2 ** 26, {
      durationSeconds: 600,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(reason), 100);
    await expect(encoding).rejects.toBe(reason);
  });

  it('leaves the event loop free', async () => {
    let done = false;
    let turns = 0;
    const encoding = createVideoData(2 ** 23).finally(() => {
      done = true;
    });
    while (!done) {
      turns++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await encoding;
    expect(turns).toBeGreaterThan(10);
  });
});

it('packets that are dropped instead of released are collected before they pile up', async () => {
  const packets = await demux(await createVideoData(2 ** 22));
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 400; i++) {
    packets.clone();
    // From Node 22 on collected packets are freed between two turns.
    await turn();
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 22);
});
