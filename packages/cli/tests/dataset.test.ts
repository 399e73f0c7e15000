import { describe, expect, it } from 'vitest';
import {
  Dataset,
  type DatasetItem,
  type DatasetSpec,
  passLength,
  verifyItem,
  wordAt,
} from '../dist/bench/dataset.js';
import { kindNames, kindOf } from '../dist/bench/kinds.js';

const spec = (given: Partial<DatasetSpec> = {}): DatasetSpec => ({
  kind: 'bytes',
  byteLength: 4096,
  distinct: 3,
  longPass: 8,
  shortPass: 4,
  ...given,
});

const bytesOf = (item: DatasetItem, { kind }: DatasetSpec) =>
  kindOf(kind).bytesOf(item.data) ?? new Uint8Array();

describe('Dataset', () => {
  it('yields passes of the lengths that both processes plan', () => {
    const dataset = new Dataset(spec());
    const lengths = Array.from({ length: 6 }, () => [...dataset].length);
    expect(lengths).toEqual([8, 8, 4, 8, 4, 8]);
    expect(lengths).toEqual(lengths.map((_, index) => passLength(index, spec())));
  });

  it('rotates through the distinct payloads', () => {
    const items = [...new Dataset(spec())].map((item) => item.data);
    expect(new Set(items).size).toBe(3);
    expect(items[3]).toBe(items[0]);
    expect(items[4]).toBe(items[1]);
  });

  it('fills every page with bytes that differ', () => {
    const [item] = new Dataset(spec({ byteLength: 65536 }));
    const bytes = bytesOf(item ?? { data: undefined }, spec());
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(150); // 256 of each on average
    expect(Math.max(...counts)).toBeLessThan(400);
  });

  it.each(kindNames)('makes %s of the length asked for', (kind) => {
    const given = spec({ kind });
    for (const item of new Dataset(given)) expect(bytesOf(item, given).byteLength).toBe(4096);
  });
});

describe('verifyItem', () => {
  it.each(kindNames)('passes %s that arrived as they were sent', (kind) => {
    const given = spec({ kind });
    for (const [index, item] of [...new Dataset(given)].entries()) {
      expect(() => verifyItem(structuredClone(item), index, given)).not.toThrow();
    }
  });

  it('finds items in the wrong order', () => {
    const [first] = new Dataset(spec());
    expect(() => verifyItem(first ?? { data: 0 }, 1, spec())).toThrow('item 1 arrived with other');
  });

  it.each([0, 4095])('finds a changed byte at offset %i', (offset) => {
    const [item] = new Dataset(spec());
    const bytes = bytesOf(item ?? { data: undefined }, spec()).slice();
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    expect(() => verifyItem({ data: bytes }, 0, spec())).toThrow('other bytes than were sent');
  });

  it('finds a payload of another kind or length', () => {
    expect(() => verifyItem({ data: new Float32Array(1024) }, 0, spec())).toThrow('no bytes');
    expect(() => verifyItem({ data: new Uint8Array(10) }, 0, spec())).toThrow('10 bytes');
  });
});

describe('wordAt', () => {
  it('gives every payload its own words', () => {
    const words = [0, 1, 2].flatMap((variant) => [0, 1, 2].map((index) => wordAt(variant, index)));
    expect(new Set(words).size).toBe(9);
  });
});
