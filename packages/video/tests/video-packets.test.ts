import { Decoder, demux, type VideoPacket, VideoPackets } from '@arena/video';
import { beforeAll, expect } from 'vitest';
import { md5sOf, md5sOfAll } from './support/frames.js';
import { collectUntil, turn } from './support/garbage.js';
import { leaseOn } from './support/leases.js';
import { describe, it } from './support/libav.js';
import { clips } from './support/media.js';

let packets: VideoPackets;
beforeAll(async () => {
  packets = await demux(clips['H.264 with B-frames in MP4']());
});

const closed = expect.objectContaining({ code: 'ERR_ARENA_CLOSED' });

const packed = (from: VideoPackets): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(from.packedByteLength);
  from.copyTo(bytes);
  return bytes;
};

const bytesOf = (packet: VideoPacket | undefined): Uint8Array => {
  const bytes = new Uint8Array(packet?.byteLength ?? 0);
  packet?.copyTo(bytes);
  return bytes;
};

describe('VideoPackets', () => {
  it('describes its stream', () => {
    expect(packets).toMatchObject({
      length: 25,
      codec: 'h264',
      pixelFormat: 'yuv420p',
      width: 128,
      height: 96,
      rotation: 0,
      streamIndex: 0,
      timestamps: null,
      active: true,
      frameRate: { num: 25, den: 1 },
      sampleAspectRatio: { num: 1, den: 1 },
    });
    expect(packets.keyframes).toEqual([0, 10, 20]);
    expect(packets.extradata[0]).toBe(1);
    expect(packets.byteLength).toBe(
      [...packets].reduce((sum, { byteLength }) => sum + byteLength, 0),
    );
  });

  it('finds packets from both ends', () => {
    expect(packets.at(0)?.isKeyframe).toBe(true);
    expect(packets.at(-1)?.pts).toBe([...packets][24]?.pts);
    for (const index of [25, -26, Number.NaN, Infinity]) expect(packets.at(index)).toBe(undefined);
  });

  it('comes back from packed bytes as it was', async () => {
    const restored = VideoPackets.from(packed(packets));
    expect([...restored]).toEqual([...packets]);
    expect(packed(restored)).toEqual(packed(packets));
    expect(restored.extradata).toEqual(packets.extradata);
    expect(await md5sOfAll(restored, { format: 'gray' })).toEqual(
      await md5sOfAll(packets, { format: 'gray' }),
    );
  });

  it('slices as arrays do', () => {
    const all = [...packets].map(({ pts }) => pts);
    for (const [start, end] of [
      [3, 7],
      [-4, undefined],
      [10, -10],
      [7, 3],
      [0, 99],
      [Number.NaN, 2],
      [1.9, 3.9],
    ] as const) {
      expect([...packets.slice(start, end)].map(({ pts }) => pts)).toEqual(all.slice(start, end));
    }
  });

  it('concatenates slices to the whole', () => {
    const whole = packets.slice(0, 4).concat(packets.slice(4, 4), packets.slice(4));
    expect(packed(whole)).toEqual(packed(packets));
  });

  it('refuses to concatenate other streams', async () => {
    const other = await demux(clips['VP9 in WebM']());
    expect(() => packets.concat(other)).toThrow(RangeError);
    expect(() => packets.concat({} as VideoPackets)).toThrow(TypeError);
  });

  it('refuses a target that is too small, and leaves it alone', () => {
    const target = new Uint8Array(packets.packedByteLength - 1);
    expect(() => packets.copyTo(target)).toThrow(RangeError);
    expect(() => packets.at(0)?.copyTo(new Uint8Array(1))).toThrow(RangeError);
    expect(target.every((byte) => byte === 0)).toBe(true);
  });

  it('keeps one packet when its run is released', async () => {
    const run = packets.clone();
    const packet = run.at(0) as VideoPacket;
    const kept = packet.clone();
    const expected = bytesOf(packet);
    run.release();
    expect(() => bytesOf(packet)).toThrow(closed);
    expect(packet.byteLength).toBe(expected.byteLength);
    expect(kept.length).toBe(1);
    expect(bytesOf(kept.at(0))).toEqual(expected);
    expect((await md5sOfAll(kept, { format: 'gray' })).length).toBe(1);
  });

  it('keeps slices when the run that they were cut from is released', () => {
    const run = packets.clone();
    const slice = run.slice(10, 12);
    run.release();
    run.release();
    expect(run.active).toBe(false);
    expect(run.length).toBe(25);
    for (const use of [
      () => run.slice(),
      () => run.clone(),
      () => run.copyTo(new Uint8Array(run.packedByteLength)),
      () => run.at(0),
    ]) {
      expect(use).toThrow(closed);
    }
    expect(bytesOf(slice.at(1))).toEqual(bytesOf(packets.at(11)));
  });
});

describe('packets over packed bytes', () => {
  it('refuse their payloads once the bytes are transferred away', () => {
    const bytes = packed(packets);
    const restored = VideoPackets.from(bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(restored.active).toBe(false);
    expect(() => restored.clone()).toThrow(closed);
    expect(() => bytesOf(restored.at(0))).toThrow(closed);
    expect(restored.at(0)?.pts).toBe(packets.at(0)?.pts);
  });

  it('refuse a resizable buffer', () => {
    // @ts-expect-error: newer than the library that TypeScript is told of.
    const buffer = new ArrayBuffer(100, { maxByteLength: 200 });
    expect(() => VideoPackets.from(new Uint8Array(buffer))).toThrow(TypeError);
  });
});

describe('packets over a lease', () => {
  it('release it with the last of them', async () => {
    const { lease, isLeased } = await leaseOn(packed(packets));
    const restored = VideoPackets.from(lease);
    const slice = restored.slice(0, 10);
    restored.release();
    expect(isLeased()).toBe(true);
    expect((await md5sOfAll(slice, { format: 'gray' })).length).toBe(10);
    slice.release();
    expect([isLeased(), lease.active]).toEqual([false, false]);
  });

  it('release it when a decoder that still read them is done', async () => {
    const { lease, isLeased } = await leaseOn(packed(packets));
    const restored = VideoPackets.from(lease);
    const decoding = md5sOfAll(restored, { format: 'gray' });
    await turn();
    restored.release();
    expect((await decoding).length).toBe(25);
    expect(isLeased()).toBe(false);
  });

  it('keep its memory for a decoder, also when other code releases the lease', async () => {
    const expected = await md5sOfAll(packets, { format: 'gray' });
    const { lease, isLeased, overwrite } = await leaseOn(packed(packets));
    const restored = VideoPackets.from(lease);
    const decoder = Decoder.for(restored, { format: 'gray' });
    decoder.push(restored);
    decoder.finish();
    lease.release();
    overwrite();
    expect([restored.active, isLeased()]).toEqual([false, true]);
    expect(() => restored.clone()).toThrow(closed);
    const data = new Uint8Array(25 * decoder.frameByteLength);
    const { shape } = await decoder.read(data);
    expect(md5sOf({ data, shape })).toEqual(expected);
    decoder.close();
    expect(isLeased()).toBe(true);
    restored.release();
    expect(isLeased()).toBe(false);
  });

  it('release it when they are collected', async () => {
    const { lease, isLeased } = await leaseOn(packed(packets));
    (() => void VideoPackets.from(lease).length)();
    await collectUntil(() => !isLeased());
    expect(lease.active).toBe(false);
  });

  it('release it when it holds no packets', async () => {
    const { lease, isLeased } = await leaseOn(new Uint8Array(200));
    expect(() => VideoPackets.from(lease)).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_CORRUPT' }),
    );
    expect([isLeased(), lease.active]).toEqual([false, false]);
  });

  it('are refused when it was released before', async () => {
    const { lease } = await leaseOn(packed(packets));
    lease.release();
    expect(() => VideoPackets.from(lease)).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_LEASE_RELEASED' }),
    );
  });

  it('throw what its release throws, once every lease that is due was released', async () => {
    const bytes = packed(packets);
    const ended: string[] = [];
    const failing = (name: string) =>
      ({
        bytes: bytes.slice(),
        active: true,
        hold: () => () => {},
        release: () => {
          ended.push(name);
          throw new Error(`release of ${name}`);
        },
      }) as never;
    const [one, two] = [VideoPackets.from(failing('one')), VideoPackets.from(failing('two'))];
    using decoder = Decoder.for(one, { format: 'gray' });
    decoder.push(one);
    decoder.push(two);
    for (const run of [one, two]) run.release();
    expect(() => decoder.close()).toThrow('release of one');
    expect(ended).toEqual(['one', 'two']);
    const damaged = { ...(failing('three') as object), bytes: new Uint8Array(200) } as never;
    expect(() => VideoPackets.from(damaged)).toThrow('release of three');
  });
});
