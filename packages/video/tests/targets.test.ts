/** The memory to which libav writes is taken away during the call. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { OpenUnit } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';
import { Decoder, decodeInto, demux } from '@arena/video';
import { afterEach, expect } from 'vitest';
import { md5sOf, md5sOfAll } from './support/frames.js';
import { describe, it } from './support/libav.js';
import { clips, ffmpeg, pictures } from './support/media.js';

const program = fileURLToPath(new URL('./fixtures/take-target-away.js', import.meta.url));
const busy = () =>
  ffmpeg('busy.mp4', ...pictures(4, '640x360'), '-c:v', 'libx264', '-g', '10', '-bf', '3');

/** The outcomes of a process that takes targets away; it must survive that. */
async function outcomesOf(way: string, kind = ''): Promise<unknown> {
  const args = ['--expose-gc', program, way, busy(), kind];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** Node.js 20 has no `transfer()`. */
const transfers = 'transfer' in ArrayBuffer.prototype;
const moves: [string, string][] = transfers ? [['transfer of the buffer', 'ERR_ARENA_MOVED']] : [];

const codes = [() => 'ok', ({ code }: { code?: string }) => code] as const;

const lost = (committed: string) => ({
  taken: 'ok',
  decoded: 'ERR_ARENA_UNIT_ENDED',
  untouched: true,
  committed,
  mapped: false,
});

describe.each(['pool', 'hardened pool', 'ring', 'ring with unitTimeoutMs'])(
  'a unit of a %s that is decoded into',
  (kind) => {
    it.each<[string, string]>([
      ['close of the arena', 'ERR_ARENA_CLOSED'],
      ['close of the writer', 'ERR_ARENA_CLOSED'],
      ['abort', 'ERR_ARENA_UNIT_ENDED'],
      ...moves,
    ])('keeps its memory past the %s', async (way, committed) => {
      expect(await outcomesOf(way, kind)).toEqual([lost(committed)]);
    });

    it('is committed only when the decoder is done', async () => {
      const outcome = {
        taken: 'ERR_ARENA_INVALID_STATE',
        decoded: 'ok',
        untouched: true,
        committed: 'ok',
        mapped: false,
      };
      expect(await outcomesOf('commit', kind)).toEqual([outcome]);
    });
  },
);

describe('a unit of a ring that libav fills for longer than unitTimeoutMs', () => {
  it.each(['committed', 'aborted'])('does not hold up others when it is %s', async (way) => {
    const packets = await demux(busy());
    const options = { format: 'gray', threads: 1 } as const;
    const byteLength = packets.length * 640 * 360;
    using ring = RingBuffer.create({
      capacity: byteLength * 2,
      unitTimeoutMs: 1,
      writers: Number.POSITIVE_INFINITY,
    });
    const [reader, writer, other] = [ring.reader(), ring.writer(), ring.writer()];
    const unit = writer.tryAcquire(byteLength) as OpenUnit;
    const decoding = decodeInto(packets, unit.bytes, options).then(...codes);
    if (way === 'aborted') unit.abort();
    await other.write(Uint8Array.of(1));
    const lease = await reader.read();
    expect(lease?.bytes).toEqual(Uint8Array.of(1));
    lease?.release();
    expect(await decoding).toBe(way === 'aborted' ? 'ERR_ARENA_UNIT_ENDED' : 'ok');
    expect(() => unit.commit()).toThrow(expect.objectContaining({ code: 'ERR_ARENA_UNIT_ENDED' }));
  });
});

describe('memory of JavaScript that is decoded into', () => {
  it.each(['structuredClone', 'growing WebAssembly memory', ...(transfers ? ['transfer'] : [])])(
    'may be taken away by %s',
    async (way) => {
      expect(await outcomesOf(way)).toEqual([{ decoded: 'ERR_ARENA_MOVED' }]);
    },
  );

  it('gets the same frames as memory of an arena, at any place', async () => {
    const packets = await demux(busy());
    const options = { format: 'rgb24' } as const;
    const expected = await md5sOfAll(packets, options);
    const { frameByteLength } = Decoder.for(packets, options);
    const size = 30 * frameByteLength + 1000;
    for (const buffer of [new ArrayBuffer(size + 3), new SharedArrayBuffer(size + 3)]) {
      const target = new Uint8Array(buffer, 3);
      const { shape, byteLength, ended } = await decodeInto(packets, target, options);
      expect([shape[0], ended]).toEqual([30, false]);
      expect(md5sOf({ data: target.subarray(0, byteLength), shape })).toEqual(
        expected.slice(0, 30),
      );
      expect(target.subarray(byteLength)).toEqual(new Uint8Array(1000));
    }
  });

  it('keeps the frames of a read that had to end for want of packets', async () => {
    const packets = await demux(clips['H.264 with B-frames in MP4']());
    using decoder = Decoder.for(packets, { format: 'gray' });
    const target = new Uint8Array(25 * decoder.frameByteLength);
    const md5s: string[] = [];
    for (const run of [packets.slice(0, 10), packets.slice(10), null]) {
      if (run) decoder.push(run);
      else decoder.finish();
      const { shape, byteLength } = await decoder.read(target);
      if (byteLength > 0) md5s.push(...md5sOf({ data: target.subarray(0, byteLength), shape }));
    }
    expect(md5s).toEqual(await md5sOfAll(packets, { format: 'gray' }));
  });
});

describe('a unit that two decoders fill', () => {
  const pools: SegmentPool[] = [];
  afterEach(() => {
    for (const pool of pools.splice(0)) pool.close();
  });

  it('is committed when both are done', async () => {
    const packets = await demux(clips['H.264 with B-frames in MP4']());
    const options = { format: 'gray' } as const;
    const bytes = 25 * 128 * 96;
    const pool = SegmentPool.create({ segmentSize: 2 * bytes, segmentCount: 1, populate: false });
    pools.push(pool);
    const unit = pool.writer().tryAcquire(2 * bytes) as OpenUnit;
    const [first, second] = [unit.bytes.subarray(0, bytes), unit.bytes.subarray(bytes)];
    const done = [first, second].map((target) => decodeInto(packets, target, options));
    expect(() => unit.commit()).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_INVALID_STATE' }),
    );
    await Promise.all(done);
    const expected = await md5sOfAll(packets, options);
    for (const data of [first, second]) {
      expect(md5sOf({ data, shape: [25] })).toEqual(expected);
    }
    unit.commit();
  });
});
