import { existsSync, readlinkSync } from 'node:fs';
import { VideoPackets } from '@arena/video';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordAt } from '../../dist/kit/payload-words.js';
import { encodeClip } from '../../dist/transport/clip.js';
import {
  Dataset,
  type DatasetItem,
  type DatasetSpec,
  passLength,
  verifyItem,
} from '../../dist/transport/dataset.js';
import { type FilledKindName, filledKindNames, filledKindOf } from '../../dist/transport/kinds.js';
import { libav } from './libav.js';

interface FilledSpec {
  readonly kind: FilledKindName;
  readonly byteLength: number;
}

const plan = { distinct: 3, warmUpPass: 10, longPass: 8, shortPass: 4 };
const spec = (given: Partial<FilledSpec> = {}) => ({
  ...plan,
  kind: 'bytes' as const,
  byteLength: 4096,
  ...given,
});

const bytesOf = (item: DatasetItem, { kind }: FilledSpec) =>
  filledKindOf(kind).bytesOf(item.data) ?? new Uint8Array();

describe('Dataset', () => {
  it('yields passes of the lengths that both processes plan', async () => {
    const dataset = await Dataset.create(spec());
    const lengths = Array.from({ length: 6 }, () => [...dataset].length);
    expect(lengths).toEqual([10, 8, 4, 8, 4, 8]);
    expect(lengths).toEqual(lengths.map((_, index) => passLength(index, spec())));
  });

  it('rotates through the distinct payloads', async () => {
    const items = [...(await Dataset.create(spec()))].map((item) => item.data);
    expect(new Set(items).size).toBe(3);
    expect(items[3]).toBe(items[0]);
    expect(items[4]).toBe(items[1]);
  });

  it('fills every page with bytes that differ', async () => {
    const [item] = await Dataset.create(spec({ byteLength: 65536 }));
    const bytes = bytesOf(item ?? { data: undefined }, spec());
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(150); // 256 of each on average
    expect(Math.max(...counts)).toBeLessThan(400);
  });

  it.each(filledKindNames)('makes %s of the length asked for', async (kind) => {
    const given = spec({ kind });
    for (const item of await Dataset.create(given)) {
      expect(bytesOf(item, given).byteLength).toBe(4096);
    }
  });
});

describe('verifyItem', () => {
  it.each(filledKindNames)('passes %s that arrived as they were sent', async (kind) => {
    const given = spec({ kind });
    for (const [index, item] of [...(await Dataset.create(given))].entries()) {
      expect(() => verifyItem(structuredClone(item), index, given)).not.toThrow();
    }
  });

  it('finds items in the wrong order', async () => {
    const [first] = await Dataset.create(spec());
    expect(() => verifyItem(first ?? { data: 0 }, 1, spec())).toThrow('item 1 arrived with other');
  });

  it.each([0, 4095])('finds a changed byte at offset %i', async (offset) => {
    const [item] = await Dataset.create(spec());
    const bytes = bytesOf(item ?? { data: undefined }, spec()).slice();
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    expect(() => verifyItem({ data: bytes }, 0, spec())).toThrow('other bytes than were sent');
  });

  it('finds a payload of another kind or length', () => {
    expect(() => verifyItem({ data: new Float32Array(1024) }, 0, spec())).toThrow('no bytes');
    expect(() => verifyItem({ data: new Uint8Array(10) }, 0, spec())).toThrow('10 bytes');
  });
});

describe.skipIf(libav.missing)('packets', () => {
  let clip: Awaited<ReturnType<typeof encodeClip>>;
  let packets: DatasetSpec;
  beforeAll(async () => {
    clip = await encodeClip(1);
    packets = { ...plan, kind: 'packets', byteLength: clip.byteLength, clip };
  });
  afterAll(() => clip[Symbol.asyncDispose]());

  it('are of about the size asked for, and demuxed as often as there are payloads', async () => {
    expect(Math.abs(clip.byteLength / 2 ** 20 - 1)).toBeLessThan(0.1);
    const items = [...(await Dataset.create(packets))];
    expect(new Set(items.map(({ data }) => data)).size).toBe(3);
    for (const [index, item] of items.entries()) {
      expect(item.data).toBeInstanceOf(VideoPackets);
      expect(() => verifyItem(item, index, packets)).not.toThrow();
    }
  });

  it('are refused when bytes of them changed, packets are missing, or there are none', async () => {
    const [item] = await Dataset.create(packets);
    const sent = item?.data as VideoPackets;
    const bytes = new Uint8Array(sent.packedByteLength);
    sent.copyTo(bytes);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    const check = (data: unknown, index = 0) => verifyItem({ data }, index, packets);
    expect(() => check(VideoPackets.from(bytes))).toThrow('other bytes than were sent');
    expect(() => check(VideoPackets.from(bytes), 1)).not.toThrow();
    expect(() => check(sent.slice(1))).toThrow('59 packets');
    expect(() => check(bytes)).toThrow('no video packets');
  });

  it('leave no file behind', async () => {
    const other = await encodeClip(0.25);
    expect(readlinkSync(other.path)).toMatch(/clip\.mp4 \(deleted\)$/);
    await other[Symbol.asyncDispose]();
    expect(existsSync(other.path)).toBe(false);
  });
});

describe('wordAt', () => {
  it('gives every payload its own words', () => {
    const words = [0, 1, 2].flatMap((variant) => [0, 1, 2].map((index) => wordAt(variant, index)));
    expect(new Set(words).size).toBe(9);
  });
});
