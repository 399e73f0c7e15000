import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import {
  createVideoData,
  type DecodeOptions,
  Decoder,
  Demuxer,
  decode,
  decodeInto,
  demux,
  demuxStream,
  type MediaSource,
  type VideoPacket,
  VideoPackets,
} from '@arena/video';
import { expect } from 'vitest';
import { batchesOf } from './support/frames.js';
import { describe, it } from './support/libav.js';
import { clips, ffmpeg, pathOf, pictures } from './support/media.js';

const h264 = clips['H.264 with B-frames in MP4'];
const withCode = (code: string, message = ''): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(pathOf(name), content);
  return pathOf(name);
}

/** An MP4 whose video has a tag that stands for nothing. */
function unknownCodec(): Uint8Array {
  const bytes = readFileSync(h264());
  bytes.write('zzz9', bytes.indexOf('avc1', bytes.indexOf('stsd')));
  return bytes;
}

/** Packed packets, with the bytes of one of them changed. */
async function withDamaged(index: number, damage: (packet: Uint8Array) => void) {
  const packets = await demux(h264());
  const bytes = new Uint8Array(packets.packedByteLength);
  packets.copyTo(bytes);
  const target = packets.at(index) as VideoPacket;
  const original = new Uint8Array(target.byteLength);
  target.copyTo(original);
  const at = Buffer.from(bytes.buffer).indexOf(original);
  damage(bytes.subarray(at, at + original.byteLength));
  return VideoPackets.from(bytes);
}

describe('demux', () => {
  const unreadable: [string, () => MediaSource, string, string][] = [
    ['a file that is not there', () => pathOf('none.mp4'), 'ERR_ARENA_SYSTEM', 'No such file'],
    ['a folder', () => tmpdir(), 'ERR_ARENA_MEDIA', 'is a folder. Pass a file'],
    ['a device', () => '/dev/zero', 'ERR_ARENA_MEDIA', 'not a regular file'],
    ['an empty file', () => file('empty', ''), 'ERR_ARENA_MEDIA', 'not a media file'],
    ['text', () => file('text.mp4', 'no video'.repeat(999)), 'ERR_ARENA_MEDIA', ''],
    ['no bytes', () => new Uint8Array(0), 'ERR_ARENA_MEDIA', 'not a media file'],
    ['zeros', () => new Uint8Array(1e6), 'ERR_ARENA_MEDIA', 'not a media file'],
    ['random bytes', () => randomBytes(1e5), 'ERR_ARENA_MEDIA', ''],
    [
      'a codec that nobody knows',
      unknownCodec,
      'ERR_ARENA_MEDIA',
      'know the codec of the video, zzz9',
    ],
    [
      'half an MP4',
      () => readFileSync(h264()).subarray(0, 9000),
      'ERR_ARENA_MEDIA',
      'moov atom not found',
    ],
    [
      'an MP4 whose data is cut off',
      () =>
        readFileSync(
          ffmpeg('fast.mp4', '-i', h264(), '-c', 'copy', '-movflags', 'faststart'),
        ).subarray(0, 9000),
      'ERR_ARENA_MEDIA',
      'cut short',
    ],
    ...['vp9.webm', 'matroska.mkv'].map((name): [string, () => MediaSource, string, string] => [
      `${name} that is cut off`,
      () => readFileSync(ffmpeg(name, ...pictures(), '-deadline', 'realtime')).subarray(0, -1),
      'ERR_ARENA_MEDIA',
      'cut short',
    ]),
    [
      'sound alone',
      () => ffmpeg('sound.wav', '-f', 'lavfi', '-i', 'sine=duration=1'),
      'ERR_ARENA_MEDIA',
      'no video stream, only audio. This package reads video',
    ],
    [
      'a playlist',
      () => file('list.m3u8', `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://${h264()}\n`),
      'ERR_ARENA_MEDIA',
      'lists other sources',
    ],
    [
      'a list of files',
      () => file('list.txt', `ffconcat version 1.0\nfile ${h264()}\n`),
      'ERR_ARENA_MEDIA',
      'lists other sources',
    ],
  ];

  it.each(unreadable)('refuses %s', async (_, source, code, message) => {
    await expect(demux(source())).rejects.toThrow(withCode(code, message));
    await expect(demuxStream(source()).next()).rejects.toThrow(withCode(code, message));
  });

  it('says which call failed, and the path', async () => {
    const path = pathOf('none.mp4');
    await expect(demux(path)).rejects.toThrow(`${path}: open: No such file or directory`);
  });

  it.each([
    ['a number', 7],
    ['null', null],
    ['undefined', undefined],
    ['an array', [1]],
    ['an empty path', ''],
    ['a path with a zero in it', 'a\0b'],
    ['a URL of another kind', new URL('http://127.0.0.1/a.mp4')],
  ])('refuses %s as a source', async (_, source) => {
    await expect(demux(source as never)).rejects.toThrow(withCode('ERR_ARENA_INVALID_ARGUMENT'));
    expect(() => new Demuxer(source as never)).toThrow(withCode('ERR_ARENA_INVALID_ARGUMENT'));
  });

  it.each([
    { stream: -1 },
    { stream: 1.5 },
    { stream: '0' },
    { timestamps: [1] },
    { timestamps: [1, 1] },
    { timestamps: [2, 1] },
    { timestamps: [Number.NaN, 1] },
    { timestamps: ['0', 1] },
    { timestamps: 1 },
    { signal: {} },
    { maxPixels: 0 },
    { maxBatchBytes: '1' },
    null,
    7,
    [],
  ])('refuses the options %j', async (options) => {
    const refused = withCode('ERR_ARENA_INVALID_ARGUMENT');
    await expect(demux(h264(), options as never)).rejects.toThrow(refused);
    await expect(demuxStream(h264(), options as never).next()).rejects.toThrow(refused);
    expect(() => new Demuxer(h264(), options as never)).toThrow(refused);
  });

  it('names the option that was meant', async () => {
    const misspelt = { timestamp: [0, 1] } as never;
    await expect(demux(h264(), misspelt)).rejects.toThrow("Did you mean 'timestamps'?");
    const batched = { minPackets: 5 } as never;
    await expect(demux(h264(), batched)).rejects.toThrow("unknown option 'minPackets'");
  });

  it('refuses batches of no packets', async () => {
    for (const minPackets of [0, -1, 1.5, Number.NaN, Infinity]) {
      await expect(demuxStream(h264(), { minPackets }).next()).rejects.toThrow(RangeError);
    }
  });

  it('survives a file with a byte damaged anywhere', async () => {
    const good = readFileSync(h264());
    for (let place = 0; place < good.byteLength; place += 61) {
      const damaged = Uint8Array.from(good);
      damaged[place] = (damaged[place] as number) ^ 0xff;
      try {
        const packets = await demux(damaged);
        await batchesOf(packets, { format: 'gray', width: 16, height: 16 });
      } catch (error) {
        expect(error).toEqual(withCode('ERR_ARENA_MEDIA'));
      }
    }
  });
});

describe('decode', () => {
  it.each([
    { format: 'nv12' },
    { format: undefined },
    { format: 'gray', width: 0 },
    { format: 'gray', width: 1.5 },
    { format: 'gray', width: -16, height: 16 },
    { format: 'gray', width: 16, height: 99999 },
    { format: 'yuv420p', width: 15, height: 16 },
    { format: 'gray', frames: 0 },
    { format: 'gray', frames: 2.5 },
    { format: 'gray', threads: 0 },
    { format: 'gray', signal: 1 },
    { format: 'gray', maxPixels: 1.5 },
    { format: 'gray', maxBatchBytes: -1 },
    { width: 16, height: 16 },
    {},
    undefined,
    null,
  ])('refuses the options %j', async (options) => {
    const packets = await demux(h264());
    await expect(batchesOf(packets, options as never as DecodeOptions)).rejects.toThrow(
      withCode('ERR_ARENA_INVALID_ARGUMENT'),
    );
  });

  it('names the option that was meant', async () => {
    const packets = await demux(h264());
    const misspelt = { format: 'gray', frame: 8 } as never;
    await expect(batchesOf(packets, misspelt)).rejects.toThrow("Did you mean 'frames'?");
    const batched = { format: 'gray', frames: 8 } as never;
    await expect(decodeInto(packets, new Uint8Array(1e6), batched)).rejects.toThrow(
      "unknown option 'frames'",
    );
    expect(() => Decoder.for(packets, batched)).toThrow("unknown option 'frames'");
  });

  it('refuses values that are no packets', async () => {
    for (const packets of [[1], ['packets'], [new Uint8Array(100)]]) {
      await expect(batchesOf(packets as never, { format: 'gray' })).rejects.toThrow(TypeError);
    }
    for (const packets of [7, null, undefined, {}]) {
      await expect(decode(packets as never, { format: 'gray' }).next()).rejects.toThrow(TypeError);
    }
  });

  it('refuses an odd size for yuv420p, and says what to pass', async () => {
    const odd = await demux(
      ffmpeg(
        'odd.mkv',
        ...['-f', 'lavfi', '-i', 'testsrc=size=33x21:rate=25:duration=1'],
        ...['-c:v', 'ffv1', '-pix_fmt', 'bgr0'],
      ),
    );
    await expect(batchesOf(odd, { format: 'yuv420p' })).rejects.toThrow('even width and height');
    const [batch] = await batchesOf(odd, { format: 'rgb24' });
    expect(batch?.shape).toEqual([8, 21, 33, 3]);
  });

  it.each([1, 2, 4])(
    'reports a damaged packet in the middle and what the decoder says of it, after the frames before it, with %i threads',
    async (threads) => {
      const packets = await withDamaged(12, (packet) => packet.fill(0x55));
      const frames = decode(packets, { format: 'gray', frames: 1, threads });
      let before = 0;
      const error = await (async () => {
        for await (const { pts } of frames) before += pts.length;
      })().catch((error: unknown) => error);
      expect(error).toEqual(
        withCode('ERR_ARENA_MEDIA', 'damaged packet: Invalid data found when processing input'),
      );
      expect((error as Error).message).toContain('(Invalid NAL unit size (1431655765 >');
      expect(before).toBeGreaterThanOrEqual(5);
    },
  );

  it('conceals damage where the decoder can', async () => {
    const packets = await withDamaged(12, (packet) => packet.fill(0x55, 20));
    const batches = await batchesOf(packets, { format: 'gray', frames: 25 });
    expect(batches.map(({ shape }) => shape)).toEqual([[25, 96, 128, 1]]);
  });

  it('refuses a target that is no Uint8Array', async () => {
    const packets = await demux(h264());
    for (const target of [null, [], new Uint16Array(99999), new ArrayBuffer(99999)]) {
      await expect(decodeInto(packets, target as never, { format: 'gray' })).rejects.toThrow(
        TypeError,
      );
    }
  });

  it('refuses a decoder without a size', () => {
    expect(() => new Decoder({ format: 'gray' } as never)).toThrow(TypeError);
  });
});

describe('VideoPackets.from', () => {
  it.each([
    ['no bytes', new Uint8Array(0)],
    ['zeros', new Uint8Array(4096)],
    ['other bytes', new Uint8Array(4096).fill(0x41)],
  ])('refuses %s', (_, bytes) => {
    expect(() => VideoPackets.from(bytes)).toThrow(withCode('ERR_ARENA_CORRUPT'));
  });

  it.each([null, undefined, 7, 'bytes', {}])('refuses %j', (source) => {
    expect(() => VideoPackets.from(source as never)).toThrow(TypeError);
  });

  it.each([
    ['payloads', 24],
    ['metadata', 40],
  ])('refuses %s that are larger than the unit', async (_, field) => {
    const packets = await demux(h264());
    for (const length of [BigInt(packets.packedByteLength), 2n ** 40n, 2n ** 64n - 64n]) {
      const bytes = new Uint8Array(packets.packedByteLength);
      packets.copyTo(bytes);
      new DataView(bytes.buffer).setBigUint64(field, length, true);
      expect(() => VideoPackets.from(bytes)).toThrow(
        withCode('ERR_ARENA_CORRUPT', `do not fit into ${bytes.byteLength} bytes`),
      );
    }
  });

  it('refuses packets of another layout, naming both', async () => {
    const packets = await demux(h264());
    const bytes = new Uint8Array(packets.packedByteLength);
    packets.copyTo(bytes);
    bytes[8] = 9;
    expect(() => VideoPackets.from(bytes)).toThrow(
      withCode('ERR_ARENA_INCOMPATIBLE', 'layout 9, this build reads 1'),
    );
  });
});

describe('createVideoData', () => {
  it.each([
    [0, {}],
    [-1, {}],
    [1.5, {}],
    [Number.NaN, {}],
    [2 ** 40, {}],
    ['1', {}],
    [1e6, { width: 15 }],
    [1e6, { width: 17 }],
    [1e6, { height: 100_000 }],
    [1e6, { durationSeconds: 0 }],
    [1e6, { durationSeconds: Infinity }],
    [1e9, { durationSeconds: 1, width: 64, height: 64 }],
    [1e6, { with: 64 }],
    [1e6, null],
  ])('refuses %s bytes with %j', async (targetBytes, options) => {
    await expect(createVideoData(targetBytes as never, options as never)).rejects.toThrow(
      withCode('ERR_ARENA_INVALID_ARGUMENT'),
    );
  });
});
