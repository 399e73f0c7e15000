import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Decoder, Demuxer, decode, decodeInto, demux, demuxStream } from '@arena/video';
import { expect } from 'vitest';
import { mp4OfSamples } from './support/crafted-mp4.js';
import { batchesOf, md5sOf, md5sOfAll } from './support/frames.js';
import { describe, it } from './support/libav.js';
import { clips, ffmpeg, pathOf, pictures } from './support/media.js';

const h264 = clips['H.264 with B-frames in MP4'];
const gray = { format: 'gray' } as const;
const frameBytes = 128 * 96;

const tooLarge = (message: string): unknown =>
  expect.objectContaining({
    code: 'ERR_ARENA_MEDIA_TOO_LARGE',
    message: expect.stringContaining(message),
  });

/** A small file of pictures of 9000 x 9000. */
const huge = () =>
  ffmpeg(
    'huge.mp4',
    ...['-f', 'lavfi', '-i', 'color=c=gray:size=9000x9000:rate=25:duration=0.04'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-pix_fmt', 'yuv420p'],
  );

/** Peak memory in MiB of a process that runs this text; `video` is the package. */
function peakMiB(program: string): number {
  const start = `import * as video from ${JSON.stringify(import.meta.resolve('@arena/video'))};`;
  const end = 'console.log(process.resourceUsage().maxRSS);';
  const args = ['--input-type=module', '-e', `${start}${program};${end}`];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) / 1024;
}

describe('a file of huge pictures', () => {
  it('is refused, with the maxPixels that would do, before a picture is decoded', async () => {
    const message = 'pictures of 9000 x 9000 have more pixels than maxPixels allows';
    await expect(demux(huge())).rejects.toThrow(tooLarge(message));
    await expect(demuxStream(huge()).next()).rejects.toThrow(tooLarge('maxPixels of 81000000'));
    const peak = peakMiB(`await video.demux(${JSON.stringify(huge())}).catch(() => {})`);
    expect(peak).toBeLessThan(200);
  });

  it('is demuxed under a higher limit of demux, and then refused by decoders', async () => {
    const packets = await demux(huge(), { maxPixels: 9000 * 9000 });
    expect([packets.width, packets.length]).toEqual([9000, 1]);
    await expect(decode(packets, gray).next()).rejects.toThrow(tooLarge('9000 x 9000'));
    await expect(
      decodeInto(packets, new Uint8Array(1), { ...gray, width: 1, height: 1 }),
    ).rejects.toThrow(tooLarge('9000 x 9000'));
  });
});

describe('maxPixels', () => {
  it('allows pictures of just as many', async () => {
    const packets = await demux(h264(), { maxPixels: frameBytes });
    const [batch] = await batchesOf(packets, { ...gray, maxPixels: frameBytes, frames: 25 });
    expect(batch?.shape[0]).toBe(25);
    await expect(demux(h264(), { maxPixels: frameBytes - 1 })).rejects.toThrow(
      tooLarge('128 x 96'),
    );
    const decoder = Decoder.for(packets, { ...gray, maxPixels: frameBytes - 1 });
    expect(() => decoder.push(packets)).toThrow(tooLarge('128 x 96'));
  });

  it('bounds pictures whose size only the stream itself tells', async () => {
    const raw = ffmpeg('raw.h264', '-i', h264(), '-c', 'copy');
    await expect(
      demux(raw, { maxPixels: 1000 }).then((packets) =>
        batchesOf(packets, { ...gray, maxPixels: 1000, width: 16, height: 16 }),
      ),
    ).rejects.toThrow(tooLarge('128 x 96'));
  });
});

describe('maxBatchBytes of demuxing', () => {
  it('bounds a gathered batch, and names the way to read on', async () => {
    const { packedByteLength } = await demux(h264());
    const exact = await demux(h264(), { maxBatchBytes: packedByteLength });
    expect(exact.length).toBe(25);
    await expect(demux(h264(), { maxBatchBytes: packedByteLength - 1 })).rejects.toThrow(
      tooLarge('Read in smaller batches (demuxStream, a lower minPackets), or raise maxBatchBytes'),
    );
    let packets = 0;
    for await (const batch of demuxStream(h264(), { maxBatchBytes: packedByteLength - 1 })) {
      packets += batch.length;
    }
    expect(packets).toBe(25);
  });

  it('must be raised when a batch cannot be smaller', async () => {
    const read = (maxBatchBytes: number) => demuxStream(h264(), { maxBatchBytes }).next();
    await expect(read(1000)).rejects.toThrow(
      tooLarge('It has one keyframe and cannot be smaller. Raise maxBatchBytes.'),
    );
    const { value: smallest } = await demuxStream(h264()).next();
    expect((await read(smallest?.packedByteLength ?? 0)).value?.length).toBe(smallest?.length);
  });

  it('leaves out no packets after it was exceeded', async () => {
    using demuxer = new Demuxer(h264(), { maxBatchBytes: 1000 });
    for (let i = 0; i < 3; i++) await expect(demuxer.gather()).rejects.toThrow(tooLarge('1000'));
  });
});

describe('maxBatchBytes of decoding', () => {
  it('counts only frames that exist, however many were requested', async () => {
    const packets = await demux(h264());
    const options = { ...gray, frames: 1000, maxBatchBytes: 25 * frameBytes };
    for (const source of [packets, [packets], demuxStream(h264())]) {
      const batches = await batchesOf(source, options);
      expect(batches.map(({ shape }) => shape[0])).toEqual([25]);
      expect(batches[0]?.data.buffer.byteLength).toBe(25 * frameBytes);
    }
  });

  it('bounds a batch before it is allocated', async () => {
    const packets = await demux(h264());
    const options = { ...gray, frames: 1000, maxBatchBytes: 25 * frameBytes - 1 };
    for (const source of [packets, [packets], demuxStream(h264())]) {
      await expect(batchesOf(source, options)).rejects.toThrow(
        tooLarge('more than maxBatchBytes, 307199. Lower frames'),
      );
    }
    await expect(batchesOf(packets, { ...gray, maxBatchBytes: 1 })).rejects.toThrow(tooLarge(''));
  });

  it('keeps streams apart where a batch ends with the memory that it has so far', async () => {
    const packets = await demux(h264());
    const other = await demux(ffmpeg('other.mp4', ...pictures(1, '64x64'), '-c:v', 'libx264'));
    const options = { ...gray, frames: 1000, maxBatchBytes: 25 * frameBytes };
    const batches = await batchesOf([packets, other, packets.slice(0, 10)], options);
    expect(batches.map(({ shape }) => shape[0])).toEqual([25, 25, 10]);
  });

  it('gives the same frames however often a batch has to grow', async () => {
    const path = clips['MJPEG in AVI']();
    const grown = { ...gray, frames: 25, maxBatchBytes: 2 ** 20 };
    const [batch, ...others] = await batchesOf(demuxStream(path), grown);
    expect(others).toEqual([]);
    expect(md5sOf(batch as never)).toEqual(await md5sOfAll(await demux(path), gray));
  });
});

it('a file of 1.6 KB that claims 80 million packets takes no gigabytes', () => {
  const path = pathOf('claims.mp4');
  writeFileSync(path, mp4OfSamples(80_000_000));
  const program = `await video.demux(${JSON.stringify(path)}).then(() => process.exit(1), () => {})`;
  expect(peakMiB(program)).toBeLessThan(800);
});
