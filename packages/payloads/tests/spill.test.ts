import { isDeepStrictEqual } from 'node:util';
import {
  defaultMaxEnvelopeBytes,
  maxBareEnvelopeBytes,
  offloadItem,
  readTag,
  restoreItem,
} from '@arena/payloads';
import { CopiedLease } from '@arena/shm-core/internal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaseOf, send } from './send.js';

/** Bytes of an envelope of one long text beside the text itself. */
const overhead = offloadItem('a'.repeat(60_000)).envelope.length - 60_000;

describe('an envelope', () => {
  it('beside payloads has a limit, and spills behind the payloads above it', () => {
    const data = new Uint8Array(34_000).fill(3);
    for (let extra = -40; extra < 40; extra++) {
      const item = { data, text: 'x'.repeat(defaultMaxEnvelopeBytes + extra), after: [1, 2] };
      const offloaded = offloadItem(item);
      const spilled = offloaded.byteLength > data.length;
      expect(offloaded.envelope.length).toBeLessThanOrEqual(spilled ? 32 : defaultMaxEnvelopeBytes);
      expect(isDeepStrictEqual(send(item), item)).toBe(true);
    }
  });

  it('without payloads may be 64 KiB long, then spills into a unit of its own', () => {
    const fitting = 'a'.repeat(maxBareEnvelopeBytes - overhead);
    expect(offloadItem(fitting)).toMatchObject({ byteLength: 0 });
    expect(offloadItem(fitting).envelope).toHaveLength(maxBareEnvelopeBytes);
    expect(offloadItem(`${fitting}a`).byteLength).toBeGreaterThan(maxBareEnvelopeBytes - 8);
    for (const item of [fitting, `${fitting}a`, 'b'.repeat(1_000_000)]) {
      expect(send(item) === item).toBe(true);
    }
  });

  it('that spilled gives the same item with binaries inline and offloaded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 12 }),
        fc.array(fc.float64Array({ maxLength: 60 }), { maxLength: 12 }),
        fc.nat({ max: 500 }),
        (bytes, doubles, copyThreshold) => {
          const item = { bytes, doubles };
          expect(send(item, { copyThreshold, maxEnvelopeBytes: 32 })).toEqual(item);
        },
      ),
    );
  });

  it('that spilled without payloads holds no lease', () => {
    const lease = leaseOf({ text: 'x'.repeat(100_000), small: new Uint8Array(50).fill(1) });
    const item = restoreItem<{ text: string; small: Uint8Array }>(lease);
    expect(lease.active).toBe(false);
    expect(item.small).toEqual(new Uint8Array(50).fill(1));
  });

  it('of a large item leaves room for later envelopes', () => {
    for (let round = 0; round < 50; round++) {
      for (const length of [10, 20_000, 70_000, 300_000]) {
        const item = { text: 'é'.repeat(length), round };
        expect(send(item)).toEqual(item);
      }
    }
  });

  it('stays unchanged while other envelopes are made', () => {
    const kept = Array.from({ length: 3000 }, (_, i) => ({
      item: { i, text: 'x'.repeat(i % 300) },
      offloaded: offloadItem({ i, text: 'x'.repeat(i % 300) }),
    }));
    for (const { item, offloaded } of kept) {
      const lease = new CopiedLease(new Uint8Array(0), offloaded.envelope);
      expect(restoreItem(lease)).toEqual(item);
    }
  });
});

describe('a tag', () => {
  it.each([0, 1, 255, 65536, 2 ** 31, 2 ** 32 - 1])('of %d is read without restoring', (tag) => {
    expect(readTag(offloadItem({ any: 'item' }, { tag }).envelope)).toBe(tag);
    const spilled = offloadItem('x'.repeat(100_000), { tag });
    expect(readTag(spilled.envelope)).toBe(tag);
  });

  it('is 0 when none was given', () => {
    expect(readTag(offloadItem(1).envelope)).toBe(0);
  });

  it('is refused for bytes that are no envelope', () => {
    for (const bytes of [
      [],
      [0xa6, 0, 0],
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [0xa6, 2, 0, 0, 0, 0, 0, 0],
    ]) {
      expect(() => readTag(Uint8Array.from(bytes))).toThrow(
        expect.objectContaining({ code: 'ERR_ARENA_CORRUPT' }),
      );
    }
  });
});
