import { createVideoData, Decoder, decode, decodeInto, demux, demuxStream } from '@arena/video';
import { expect } from 'vitest';
import { batchesOf, md5sOf, md5sOfAll } from './support/frames.js';
import { describe, it } from './support/libav.js';
import { clips, ffmpeg, frameMd5s, pictures } from './support/media.js';

const h264 = clips['H.264 with B-frames in MP4'];

describe.each(Object.entries(clips))('%s', (_, make) => {
  it.each(['yuv420p', 'rgb24', 'gray'] as const)('decodes to the %s of ffmpeg', async (format) => {
    const path = make();
    const expected = frameMd5s(path, format);
    expect(expected.length).toBe(25);
    expect(await md5sOfAll(await demux(path), { format })).toEqual(expected);
  });

  it('decodes batch by batch to the same frames', async () => {
    const path = make();
    const options = { format: 'yuv420p', frames: 3 } as const;
    expect(await md5sOfAll(demuxStream(path), options)).toEqual(frameMd5s(path, 'yuv420p'));
  });
});

describe('decode', () => {
  it.each([
    [64, 48],
    [50, 38],
    [200, 150],
  ])('scales to %i x %i as ffmpeg does', async (width, height) => {
    const packets = await demux(h264());
    for (const format of ['rgb24', 'yuv420p'] as const) {
      const expected = frameMd5s(h264(), format, { size: `${width}x${height}` });
      expect(await md5sOfAll(packets, { format, width, height })).toEqual(expected);
    }
  });

  it('gives tensors of up to the frames asked for', async () => {
    const packets = await demux(h264());
    const batches = await batchesOf(packets, { format: 'rgb24', frames: 10 });
    expect(batches.map(({ shape }) => shape)).toEqual([
      [10, 96, 128, 3],
      [10, 96, 128, 3],
      [5, 96, 128, 3],
    ]);
    for (const { dtype, shape, data, pts, timeBase } of batches) {
      expect(dtype).toBe('uint8');
      expect(data.byteLength).toBe(shape.reduce((a, b) => a * b));
      expect(pts.length).toBe(shape[0]);
      expect(timeBase).toEqual(packets.timeBase);
    }
  });

  it('shows frames in order, with their timestamps', async () => {
    const packets = await demux(h264());
    const batches = await batchesOf(packets, { format: 'gray' });
    const shown = batches.flatMap(({ pts }) => pts);
    const sent = [...packets].map(({ pts }) => pts as bigint);
    expect(shown).toEqual(sent.sort((a, b) => Number(a - b)));
  });

  it('gives null for timestamps that are not there, and every frame', async () => {
    const path = ffmpeg('raw.h264', ...['-i', h264(), '-c', 'copy']);
    const batches = await batchesOf(await demux(path), { format: 'gray', frames: 25 });
    expect(batches.map(({ pts }) => pts)).toEqual([new Array(25).fill(null)]);
  });

  it('keeps the proportions when one side is given', async () => {
    const packets = await demux(h264());
    const [batch] = await batchesOf(packets, { format: 'gray', width: 64, frames: 1 });
    expect(batch?.shape).toEqual([1, 48, 64, 1]);
  });

  it('gives the frames of the window only', async () => {
    const all = await batchesOf(await demux(h264()), { format: 'gray', frames: 25 });
    const part = await demux(h264(), { timestamps: [0.5, 0.7] });
    const [batch] = await batchesOf(part, { format: 'gray' });
    expect(batch?.shape[0]).toBe(5);
    expect(md5sOf(batch as never)).toEqual(md5sOf(all[0] as never).slice(13, 18));
  });

  it('decodes runs of several streams one after the other, at the size of the first', async () => {
    const other = await demux(ffmpeg('other.mp4', ...pictures(1, '64x64'), '-c:v', 'libx264'));
    const first = await demux(h264());
    const batches = await batchesOf([first, other], { format: 'gray', frames: 20 });
    expect(batches.map(({ shape }) => shape)).toEqual([
      [20, 96, 128, 1],
      [5, 96, 128, 1],
      [20, 96, 128, 1],
      [5, 96, 128, 1],
    ]);
  });

  it('decodes empty runs to nothing', async () => {
    expect(await batchesOf([], { format: 'gray' })).toEqual([]);
    const empty = (await demux(h264())).slice(0, 0);
    expect(await batchesOf(empty, { format: 'gray' })).toEqual([]);
  });

  it('goes on with packets that were released after they were handed over', async () => {
    const packets = await demux(h264());
    const frames = decode(packets, { format: 'yuv420p', frames: 1 });
    const first = await frames.next();
    packets.release();
    const md5s = md5sOf(first.value as never);
    for await (const batch of frames) md5s.push(...md5sOf(batch));
    expect(md5s).toEqual(frameMd5s(h264(), 'yuv420p'));
  });

  it('refuses packets that were released before', async () => {
    const packets = await demux(h264());
    packets.release();
    await expect(batchesOf(packets, { format: 'gray' })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_CLOSED' }),
    );
  });

  it('ends its source when the loop is left', async () => {
    let ended = false;
    async function* source() {
      try {
        for (;;) yield await demux(h264());
      } finally {
        ended = true;
      }
    }
    for await (const _ of decode(source(), { format: 'gray' })) break;
    expect(ended).toBe(true);
  });

  it('ends with the reason of a signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const packets = await demux(h264());
    const frames = decode(packets, { format: 'gray', frames: 1, signal: controller.signal });
    await frames.next();
    controller.abort(reason);
    await expect(frames.next()).rejects.toBe(reason);
  });

  it('decodes several clips at the same time', async () => {
    const expected = frameMd5s(h264(), 'rgb24');
    const decodings = Array.from({ length: 6 }, async () =>
      md5sOfAll(await demux(h264()), { format: 'rgb24' }),
    );
    for (const md5s of await Promise.all(decodings)) expect(md5s).toEqual(expected);
  });

  it('decodes 4K pictures', async () => {
    const packets = await demux(await createVideoData(500_000, { durationSeconds: 0.1 }));
    const [batch] = await batchesOf(packets, { format: 'rgb24', frames: 3 });
    expect(batch?.shape).toEqual([3, 2160, 3840, 3]);
  });
});

describe('decodeInto', () => {
  it('fills memory of the caller with the frames that fit, and reports whether more follow', async () => {
    const packets = await demux(h264());
    const frame = 128 * 96;
    const target = new Uint8Array(frame * 25 + 7).fill(0xab);
    const all = await decodeInto(packets, target, { format: 'gray' });
    expect(all).toMatchObject({ shape: [25, 96, 128, 1], byteLength: frame * 25 });
    expect(target.subarray(all.byteLength)).toEqual(new Uint8Array(7).fill(0xab));
    expect(md5sOf({ shape: all.shape, data: target.subarray(0, all.byteLength) })).toEqual(
      frameMd5s(h264(), 'gray'),
    );
    const some = await decodeInto(packets, target.subarray(0, frame * 3), { format: 'gray' });
    expect(some.shape).toEqual([3, 96, 128, 1]);
    expect(some.ended).toBe(false);
    const more = await decodeInto(packets, new Uint8Array(frame * 26), { format: 'gray' });
    expect([more.shape[0], more.ended]).toEqual([25, true]);
  });

  it('refuses a target without room for one frame', async () => {
    const packets = await demux(h264());
    await expect(
      decodeInto(packets, new Uint8Array(128 * 96 - 1), { format: 'gray' }),
    ).rejects.toThrow(RangeError);
  });
});

describe('Decoder', () => {
  it('is fed and drained by hand', async () => {
    const packets = await demux(h264());
    using decoder = new Decoder({ format: 'gray', width: 128, height: 96 });
    expect(decoder.needsPackets).toBe(true);
    const target = new Uint8Array(decoder.frameByteLength * 30);
    decoder.push(packets.slice(0, 10));
    const first = await decoder.read(target);
    expect(decoder.needsPackets).toBe(true);
    decoder.push(packets.slice(10));
    decoder.finish();
    const second = await decoder.read(target);
    expect((first.shape[0] as number) + (second.shape[0] as number)).toBe(25);
    expect(decoder.ended).toBe(true);
  });

  it('refuses another call while a read is under way, and packets after the end', async () => {
    const packets = await demux(h264());
    using decoder = new Decoder({ format: 'gray', width: 128, height: 96 });
    const wrongState = (message: string) =>
      expect.objectContaining({
        code: 'ERR_ARENA_INVALID_STATE',
        message: expect.stringContaining(message),
      });
    decoder.push(packets);
    const target = new Uint8Array(decoder.frameByteLength * 30);
    const reading = decoder.read(target);
    const underWay = wrongState('decoder: another call is under way');
    await expect(decoder.read(target)).rejects.toThrow(underWay);
    expect(() => decoder.push(packets)).toThrow(underWay);
    expect(() => decoder.finish()).toThrow(underWay);
    await reading;
    decoder.finish();
    expect(() => decoder.push(packets)).toThrow(wrongState('no packets can follow finish()'));
    await decoder.read(target);
    expect(decoder.ended).toBe(true);
  });

  it('refuses calls after close, and ends the one under way', async () => {
    const decoder = new Decoder({ format: 'gray', width: 128, height: 96 });
    decoder.push(await demux(h264()));
    const reading = decoder.read(new Uint8Array(decoder.frameByteLength * 25));
    decoder.close();
    decoder.close();
    await reading.catch((error) => expect(error.code).toBe('ERR_ARENA_CLOSED'));
    await expect(decoder.read(new Uint8Array(decoder.frameByteLength))).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_CLOSED' }),
    );
  });
});
