import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  createVideoData,
  Demuxer,
  decodeInto,
  demux,
  demuxStream,
  VideoPackets,
} from '@arena/video';
import { expect } from 'vitest';
import { md5sOf, md5sOfAll } from './support/frames.js';
import { collectUntil } from './support/garbage.js';
import { leaseOn } from './support/leases.js';
import { describe, it } from './support/libav.js';
import { clips, ffmpeg, frameMd5s, pathOf, pictures, probePackets } from './support/media.js';

const h264 = clips['H.264 with B-frames in MP4'];

const bytesOf = (packets: VideoPackets): Uint8Array => {
  const bytes = new Uint8Array(packets.packedByteLength);
  packets.copyTo(bytes);
  return bytes;
};

const seconds = (packets: VideoPackets, pts: bigint | null | undefined) =>
  (Number(pts) * packets.timeBase.num) / packets.timeBase.den;

describe.each(Object.entries(clips))('%s', (_, make) => {
  it('gives the packets that ffprobe sees', async () => {
    const path = make();
    using packets = await demux(path);
    const seen = [...packets].map((packet) => ({
      pts: packet.pts,
      dts: packet.dts,
      size: packet.byteLength,
      key: packet.isKeyframe,
      discarded: packet.isDiscarded,
    }));
    expect(seen).toEqual(probePackets(path));
    expect([packets.width, packets.height]).toEqual([128, 96]);
    expect(packets.frameRate.num / packets.frameRate.den).toBeCloseTo(25, 1);
  });

  it('comes in batches that begin with keyframes and are the whole together', async () => {
    const path = make();
    const batches: VideoPackets[] = [];
    for await (const batch of demuxStream(path)) batches.push(batch);
    for (const batch of batches) expect(batch.keyframes).toEqual([0]);
    const [first, ...others] = batches as [VideoPackets, ...VideoPackets[]];
    expect(bytesOf(first.concat(...others))).toEqual(bytesOf(await demux(path)));
  });
});

describe('demux', () => {
  it('takes a path, a file URL, a Uint8Array and an ArrayBuffer alike', async () => {
    const path = h264();
    const file = readFileSync(path);
    const expected = bytesOf(await demux(path));
    const inTheMiddle = new Uint8Array(file.byteLength + 10);
    inTheMiddle.set(file, 5);
    for (const source of [
      pathToFileURL(path),
      file,
      inTheMiddle.subarray(5, -5),
      new Uint8Array(file).buffer,
    ]) {
      expect(bytesOf(await demux(source))).toEqual(expected);
    }
  });

  it('chooses the video among streams, or the one asked for', async () => {
    const path = ffmpeg(
      'streams.mkv',
      ...['-f', 'lavfi', '-i', 'sine=duration=1', ...pictures(1, '64x48'), ...pictures()],
      ...['-map', '0', '-map', '1', '-map', '2', '-c:a', 'aac', '-c:v', 'libx264'],
      ...['-disposition:v:0', 'default', '-disposition:v:1', '0'],
    );
    const best = await demux(path);
    expect([best.streamIndex, best.width, best.length]).toEqual([1, 64, 25]);
    const other = await demux(path, { stream: 2 });
    expect([other.streamIndex, other.width, other.length]).toEqual([2, 128, 25]);
    await expect(demux(path, { stream: 0 })).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_ARENA_MEDIA',
        message: expect.stringContaining('Video streams: 1, 2'),
      }),
    );
  });

  it('keeps a rotation', async () => {
    const path = ffmpeg(
      'turned.mp4',
      ...['-i', h264(), '-c', 'copy', '-metadata:s:v:0', 'rotate=90'],
    );
    const packets = await demux(path);
    expect([90, 270]).toContain(packets.rotation);
    expect(VideoPackets.from(bytesOf(packets)).rotation).toBe(packets.rotation);
    expect((await demux(h264())).rotation).toBe(0);

    // Turned clockwise by it, a frame is the one that ffmpeg displays.
    const frame = new Uint8Array(128 * 96);
    await decodeInto(packets, frame, { format: 'gray' });
    const turned = new Uint8Array(frame.length);
    for (let y = 0; y < 128; y++) {
      for (let x = 0; x < 96; x++) {
        const [fromX, fromY] = packets.rotation === 90 ? [y, 95 - x] : [127 - y, x];
        turned[y * 96 + x] = frame[fromY * 128 + fromX] as number;
      }
    }
    expect(md5sOf({ data: turned, shape: [1] })).toEqual(
      frameMd5s(path, 'gray', { turned: true }).slice(0, 1),
    );
  });

  it('keeps side data of the stream and of packets, across packing and slicing', async () => {
    const path = ffmpeg(
      'alpha.webm',
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=1,format=yuva420p'],
      ...['-c:v', 'libvpx', '-auto-alt-ref', '0', '-deadline', 'realtime', '-g', '10'],
    );
    const packets = await demux(path);
    const sideData = [...packets].map((packet) => packet.sideData);
    for (const [first] of sideData) {
      expect(first?.type).toBe('Matroska BlockAdditional');
      expect(first?.data.byteLength).toBeGreaterThan(20);
    }
    const restored = VideoPackets.from(bytesOf(packets));
    expect([...restored].map((packet) => packet.sideData)).toEqual(sideData);
    expect(restored.slice(7, 9).concat(restored.slice(3, 4)).at(2)?.sideData).toEqual(sideData[3]);

    const turned = await demux(
      ffmpeg('turned.mp4', ...['-i', h264(), '-c', 'copy', '-metadata:s:v:0', 'rotate=90']),
    );
    expect(turned.sideData).toEqual([{ type: 'Display Matrix', data: expect.any(Uint8Array) }]);
    expect(turned.sideData[0]?.data.byteLength).toBe(36);
    expect((await demux(h264())).at(0)?.sideData).toEqual([]);
  });

  it('marks packets that only other packets need, and shows the frames of the rest', async () => {
    const path = ffmpeg('edited.mp4', ...['-ss', '0.2', '-i', h264(), '-c', 'copy']);
    const packets = await demux(path);
    const seen = [...packets].map(({ isDiscarded }) => isDiscarded);
    expect(seen).toEqual(probePackets(path).map(({ discarded }) => discarded));
    expect(new Set(seen)).toEqual(new Set([true, false]));
    expect(await md5sOfAll(packets, { format: 'gray' })).toEqual(frameMd5s(path, 'gray'));
  });

  it('streams a long file in the memory of a batch', async () => {
    const path = pathOf('long.mp4');
    const durationSeconds = 30;
    const size = { width: 320, height: 240 };
    writeFileSync(path, await createVideoData(120 * 2 ** 20, { durationSeconds, ...size }));
    let batches = 0;
    let byteLength = 0;
    let most = 0;
    const before = process.memoryUsage.rss();
    for await (const batch of demuxStream(path)) {
      batches++;
      byteLength += batch.byteLength;
      most = Math.max(most, process.memoryUsage.rss());
      batch.release();
    }
    expect(batches).toBe(30);
    expect(byteLength).toBeGreaterThan(115 * 2 ** 20);
    expect(most - before).toBeLessThan(40 * 2 ** 20);
  });

  it('gives null where the container has no timestamps', async () => {
    const path = ffmpeg('raw.h264', ...['-i', h264(), '-c', 'copy']);
    const packets = await demux(path);
    expect(packets.length).toBe(25);
    expect([...packets].map(({ pts }) => pts)).toEqual(new Array(25).fill(null));
    await expect(demux(path, { timestamps: [0.2, 0.4] })).rejects.toThrow('no timestamps');
  });

  it.each(['H.264 with B-frames in MP4', 'H.264 with B-frames in MPEG-TS', 'VP9 in WebM'] as const)(
    'takes from %s what a window needs',
    async (name) => {
      const path = clips[name]();
      const all = await demux(path);
      const shift = Math.min(...[...all].map(({ pts }) => seconds(all, pts)));
      const [start, end] = [shift + 0.5, shift + 0.7];
      const part = await demux(path, { timestamps: [start, end] });
      expect(part.timestamps).toEqual([start, end]);
      expect(part.at(0)?.isKeyframe).toBe(true);
      expect(seconds(part, part.at(0)?.pts)).toBeLessThanOrEqual(start);
      const wanted = [...all].filter(({ pts }) => {
        const at = seconds(all, pts);
        return at >= start && at < end;
      });
      expect(wanted.length).toBe(5);
      const shown = new Set([...part].map(({ pts }) => pts));
      for (const { pts } of wanted) expect(shown).toContain(pts);
      expect(part.length).toBeLessThan(15);
    },
  );

  it('gives no packets for a window after the end', async () => {
    expect((await demux(h264(), { timestamps: [50, 60] })).length).toBe(0);
  });

  it('ends with the reason of a signal, before and meanwhile', async () => {
    const reason = new Error('enough');
    await expect(demux(h264(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const demuxing = demux(h264(), { signal: controller.signal });
    controller.abort(reason);
    await expect(demuxing).rejects.toBe(reason);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    await demux(h264(), { signal });
    expect(listeners).toBe(0);
  });
});

describe('Demuxer', () => {
  it('packs a batch right into memory of the caller', async () => {
    using demuxer = new Demuxer(h264());
    const runs: VideoPackets[] = [];
    for (let length = await demuxer.gather(); length !== null; length = await demuxer.gather()) {
      const target = new Uint8Array(length + 3);
      expect(demuxer.takeInto(target)).toBe(length);
      runs.push(VideoPackets.from(target.subarray(0, length)));
    }
    expect(runs.map((run) => run.length)).toEqual([10, 10, 5]);
  });

  it('keeps a batch for which the target has no room', async () => {
    using demuxer = new Demuxer(h264());
    const length = (await demuxer.gather()) as number;
    expect(() => demuxer.takeInto(new Uint8Array(length - 1))).toThrow(RangeError);
    expect(await demuxer.gather()).toBe(length);
    expect((await demuxer.take()).length).toBe(10);
  });

  it('refuses calls after close', async () => {
    const demuxer = new Demuxer(h264());
    await demuxer.gather();
    demuxer.close();
    demuxer.close();
    const closed = expect.objectContaining({ code: 'ERR_ARENA_CLOSED' });
    await expect(demuxer.gather()).rejects.toThrow(closed);
    await expect(demuxer.take()).rejects.toThrow(closed);
    expect(() => demuxer.takeInto(new Uint8Array(1))).toThrow(closed);
  });

  it('ends the call that is under way when it is closed', async () => {
    const file = await createVideoData(2 ** 25, { width: 1920, height: 1080, durationSeconds: 9 });
    const demuxer = new Demuxer(file);
    const gathering = demuxer.gather(2 ** 20);
    demuxer.close();
    await expect(gathering).rejects.toThrow(expect.objectContaining({ code: 'ERR_ARENA_CLOSED' }));
  });

  it('no longer needs its bytes once it has gathered them', async () => {
    const bytes = Uint8Array.from(readFileSync(h264()));
    using demuxer = new Demuxer(bytes);
    await demuxer.gather();
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    let packets = 0;
    do packets += (await demuxer.take()).length;
    while ((await demuxer.gather()) !== null);
    expect(packets).toBe(25);
  });

  it('refuses bytes that were transferred away before', async () => {
    const bytes = Uint8Array.from(readFileSync(h264()));
    using demuxer = new Demuxer(bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    await expect(demuxer.gather()).rejects.toThrow('transferred away');
  });

  it('copies large bytes over several turns of the event loop', async () => {
    const file = await createVideoData(2 ** 25, { width: 640, height: 480, durationSeconds: 4 });
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    const packets = await demux(file);
    clearInterval(counting);
    expect(packets.length).toBe(120);
    expect(turns).toBeGreaterThan(0);
  });

  it('reads a file in a lease in place, also when the lease is released during the read', async () => {
    const { lease, isLeased, overwrite } = await leaseOn(readFileSync(h264()));
    const demuxer = new Demuxer(lease);
    lease.release();
    overwrite();
    expect(isLeased()).toBe(true);
    await demuxer.gather(100);
    expect(bytesOf(await demuxer.take())).toEqual(bytesOf(await demux(h264())));
    demuxer.close();
    expect(isLeased()).toBe(false);
  });

  it('holds a lease until a call under way has ended', async () => {
    const { lease, isLeased } = await leaseOn(readFileSync(h264()));
    const demuxer = new Demuxer(lease);
    const gathering = demuxer.gather(100);
    lease.release();
    demuxer.close();
    await gathering.catch((error) => expect(error.code).toBe('ERR_ARENA_CLOSED'));
    await collectUntil(() => !isLeased());
    expect(isLeased()).toBe(false);
  });

  const wrongState = (message: string) =>
    expect.objectContaining({
      code: 'ERR_ARENA_INVALID_STATE',
      message: expect.stringContaining(message),
    });

  it('gives a batch once: a second take needs another gather', async () => {
    using demuxer = new Demuxer(h264());
    const nothing = wrongState('nothing is gathered');
    expect(() => demuxer.takeInto(new Uint8Array(1e5))).toThrow(nothing);
    await expect(demuxer.take()).rejects.toThrow(nothing);
    const target = new Uint8Array((await demuxer.gather()) as number);
    demuxer.takeInto(target);
    expect(() => demuxer.takeInto(target)).toThrow(nothing);
    await expect(demuxer.take()).rejects.toThrow(nothing);
    while ((await demuxer.gather(100)) !== null) await demuxer.take();
    expect(() => demuxer.takeInto(target)).toThrow(nothing);
    expect(VideoPackets.from(target).length).toBe(10);
  });

  it('refuses a second call while one is under way', async () => {
    using demuxer = new Demuxer(h264());
    const underWay = wrongState('demuxer: another call is under way');
    const first = demuxer.gather();
    await expect(demuxer.gather()).rejects.toThrow(underWay);
    await expect(demuxer.take()).rejects.toThrow(underWay);
    expect(() => demuxer.takeInto(new Uint8Array(1e5))).toThrow(underWay);
    expect(await first).toBeGreaterThan(0);
  });
});
