import { ItemWriter, offloadItem, type Restored, releaseItem, restoreItem } from '@arena/payloads';
import type { Lease, OpenUnit } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { Decoder, Demuxer, decodeInto, demux, VideoPackets } from '@arena/video';
import { afterEach, beforeEach, expect } from 'vitest';
import { md5sOf, md5sOfAll } from './support/frames.js';
import { collectUntil, turn } from './support/garbage.js';
import { describe, it } from './support/libav.js';
import { clips, frameMd5s } from './support/media.js';

const h264 = clips['H.264 with B-frames in MP4'];
const gray = { format: 'gray' } as const;

let arena: SegmentPool;
beforeEach(() => {
  arena = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 4 });
});
afterEach(() => arena.close());

interface Item {
  readonly id: number;
  readonly clip: VideoPackets;
  readonly thumbnail: Uint8Array;
}

/** Sends an item through the arena; what arrives, and the lease that it lies in. */
async function send<T>(item: T, copyThreshold = 0): Promise<{ item: Restored<T>; lease: Lease }> {
  const { envelope, byteLength, copyTo } = bound(offloadItem(item, { copyThreshold }));
  const unit = await arena.writer().acquire(byteLength, { envelope });
  copyTo(unit.bytes);
  unit.commit();
  const lease = (await arena.reader().read()) as Lease;
  return { item: restoreItem<T>(lease), lease };
}

const bound = (offloaded: ReturnType<typeof offloadItem>) => ({
  envelope: offloaded.envelope,
  byteLength: offloaded.byteLength,
  copyTo: (target: Uint8Array) => offloaded.copyTo(target),
});

const makeItem = async (): Promise<Item> => ({
  id: 7,
  clip: await demux(h264()),
  thumbnail: new Uint8Array(5000).fill(3),
});

const closed = expect.objectContaining({ code: 'ERR_ARENA_CLOSED' });

describe('packets in an item', () => {
  it('arrive as they were, in the memory of the item', async () => {
    const sent = await makeItem();
    const { item } = await send(sent);
    expect(item.id).toBe(7);
    expect(item.thumbnail).toEqual(sent.thumbnail);
    expect(item.clip).toBeInstanceOf(VideoPackets);
    expect([...item.clip]).toEqual([...sent.clip]);
    expect(await md5sOfAll(item.clip, gray)).toEqual(frameMd5s(h264(), 'gray'));
    expect(arena.stats().leasesOut).toBe(1);
    releaseItem(item);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('refuse their bytes once the item is released, and keep their description', async () => {
    const { item } = await send(await makeItem());
    const kept = item.clip.at(0)?.clone();
    releaseItem(item);
    expect(item.clip.active).toBe(false);
    expect(item.clip.length).toBe(25);
    expect(() => item.clip.clone()).toThrow(closed);
    expect(() => item.clip.at(0)?.copyTo(new Uint8Array(9999))).toThrow(closed);
    await expect(md5sOfAll(item.clip, gray)).rejects.toThrow(closed);
    expect(await md5sOfAll(kept as VideoPackets, gray)).toHaveLength(1);
  });

  it('are read by decoders where they lie', async () => {
    const { item, lease } = await send(await demux(h264()));
    using decoder = Decoder.for(item, gray);
    decoder.push(item);
    decoder.finish();
    lease.bytes.fill(0x55);
    await expect(decoder.read(new Uint8Array(decoder.frameByteLength))).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_MEDIA' }),
    );
    releaseItem(item);
  });

  it('keep their segment for a decoder until it no longer uses the last packet', async () => {
    const { item } = await send(await makeItem());
    const decoding = md5sOfAll(item.clip, { ...gray, frames: 1 });
    await turn();
    releaseItem(item);
    expect(item.thumbnail.byteLength).toBe(0);
    const writer = arena.writer();
    for (let i = 0; i < 3; i++) (writer.tryAcquire(2 ** 20) as OpenUnit).bytes.fill(0xff);
    expect(writer.tryAcquire(1)).toBe(null);
    expect(arena.stats().leasesOut).toBe(1);
    expect(await decoding).toEqual(frameMd5s(h264(), 'gray'));
    expect(arena.stats().leasesOut).toBe(0);
    expect(writer.tryAcquire(1)).not.toBe(null);
  });

  it('keep their segment for every decoder of them and of their slices', async () => {
    const { item } = await send(await demux(h264()));
    const slice = item.slice(0, 10);
    const decoders = [item, slice, item].map((packets) => {
      const decoder = Decoder.for(packets, gray);
      decoder.push(packets);
      return decoder;
    });
    releaseItem(item);
    expect(slice.active).toBe(false);
    for (const decoder of decoders) {
      expect(arena.stats().leasesOut).toBe(1);
      decoder.close();
    }
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('give their segment back when a decoder of them is collected', async () => {
    const { item } = await send(await demux(h264()));
    (() => Decoder.for(item, gray).push(item))();
    releaseItem(item);
    await collectUntil(() => arena.stats().leasesOut === 0);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('give their segment back when a decoder refuses them', async () => {
    const { item } = await send(await demux(h264()));
    using decoder = Decoder.for(item, gray);
    decoder.push(item);
    const reading = decoder.read(new Uint8Array(decoder.frameByteLength));
    expect(() => decoder.push(item)).toThrow('under way');
    await reading;
    releaseItem(item);
    decoder.close();
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('give their segment back when they turn out to be damaged', async () => {
    const { item, lease } = await send(await demux(h264()));
    lease.bytes.fill(0x55, 64, 2 ** 12);
    await expect(md5sOfAll(item, gray)).rejects.toThrow('damaged packet');
    releaseItem(item);
    await collectUntil(() => arena.stats().leasesOut === 0);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('are the item itself, too', async () => {
    const { item } = await send(await demux(h264()));
    expect(item).toBeInstanceOf(VideoPackets);
    expect(await md5sOfAll(item, gray)).toEqual(frameMd5s(h264(), 'gray'));
    item[Symbol.dispose]();
    expect(item.active).toBe(false);
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('travel in the envelope when they are few', async () => {
    const clip = (await demux(h264())).slice(1, 2);
    const { item } = await send({ clip }, 2 ** 16);
    expect(arena.stats().leasesOut).toBe(0);
    expect([...item.clip]).toEqual([...clip]);
    expect(item.clip.active).toBe(true);
  });

  it('stay one value when they appear twice', async () => {
    const clip = await demux(h264());
    const { item } = await send({ first: clip, second: [clip] });
    expect(item.second[0]).toBe(item.first);
  });

  it('can be sent on', async () => {
    const { item } = await send(await makeItem());
    const again = await send({ clip: item.clip.slice(10, 20) });
    releaseItem(item);
    expect(await md5sOfAll(again.item.clip, gray)).toHaveLength(10);
  });

  it('are refused when they were released before', async () => {
    const clip = await demux(h264());
    clip.release();
    expect(() => offloadItem({ clip })).toThrow(closed);
  });

  it('are refused where they are larger than a segment, and take no space', async () => {
    using small = SegmentPool.create({ segmentSize: 4096, segmentCount: 1 });
    const clip = await demux(h264());
    const writer = small.writer();
    await expect(new ItemWriter(writer, { copyThreshold: 0 }).write({ clip })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_UNIT_TOO_LARGE' }),
    );
    expect(writer.tryAcquire(4096)).not.toBe(null);
  });

  it('are refused where another process damaged them', async () => {
    const offloaded = offloadItem(await demux(h264()), { copyThreshold: 0 });
    const unit = await arena
      .writer()
      .acquire(offloaded.byteLength, { envelope: offloaded.envelope });
    offloaded.copyTo(unit.bytes);
    unit.bytes.fill(0xff, 8, 40);
    unit.commit();
    const lease = (await arena.reader().read()) as Lease;
    expect(() => restoreItem(lease)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/CORRUPT|INCOMPATIBLE/) }),
    );
    expect(arena.stats().leasesOut).toBe(0);
  });
});

describe('packets in a unit', () => {
  it('stay in their demuxer when they are larger than a segment', async () => {
    using small = SegmentPool.create({ segmentSize: 4096, segmentCount: 1 });
    using demuxer = new Demuxer(h264());
    const byteLength = (await demuxer.gather(100)) as number;
    await expect(small.writer().acquire(byteLength)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_UNIT_TOO_LARGE' }),
    );
    expect((await demuxer.take()).length).toBe(25);
  });

  async function sendUnit(): Promise<VideoPackets> {
    using demuxer = new Demuxer(h264());
    const unit = await arena.writer().acquire((await demuxer.gather(100)) as number);
    unit.commit(demuxer.takeInto(unit.bytes));
    return VideoPackets.from((await arena.reader().read()) as Lease);
  }

  it('are demuxed right into it, and release the lease with the last of them', async () => {
    const packets = await sendUnit();
    const slice = packets.slice(0, 10);
    packets.release();
    expect(arena.stats().leasesOut).toBe(1);
    expect(await md5sOfAll(slice, gray)).toHaveLength(10);
    slice.release();
    expect(arena.stats().leasesOut).toBe(0);
  });

  it('hold the lease until a decoder has let go of them', async () => {
    const packets = await sendUnit();
    const decoding = md5sOfAll(packets, { ...gray, frames: 1 });
    await turn();
    packets.release();
    expect(arena.stats().leasesOut).toBe(1);
    expect(await decoding).toEqual(frameMd5s(h264(), 'gray'));
    expect(arena.stats().leasesOut).toBe(0);
  });
});

it('decodes right into a unit', async () => {
  const packets = await demux(h264());
  const unit = await arena.writer().acquire(128 * 96 * 25);
  const { byteLength, shape } = await decodeInto(packets, unit.bytes, gray);
  unit.commit(byteLength);
  const lease = (await arena.reader().read()) as Lease;
  expect(md5sOf({ data: lease.bytes, shape })).toEqual(frameMd5s(h264(), 'gray'));
  lease.release();
});
