import { offloadItem, restoreItem } from '@arena/payloads';
import { CopiedLease } from '@arena/shm-core/internal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, anyTree } from './any-item.js';
import { errorOf, leaseOf } from './send.js';
import { OrtTensor } from './tensor-libraries.js';

const clean = new Set(['ERR_ARENA_CORRUPT', 'ERR_ARENA_INCOMPATIBLE']);

/** Restores input that may be damaged. True when it is restored, or fails with the expected error. */
function survives(envelope: Uint8Array, bytes: Uint8Array): boolean {
  const lease = new CopiedLease(bytes, envelope);
  try {
    restoreItem(lease);
    return true;
  } catch (error) {
    return clean.has((error as { code: string }).code) && !lease.active;
  }
}

const options = fc.record({
  copyThreshold: fc.constantFrom(0, 30, 1000),
  maxEnvelopeBytes: fc.constantFrom(32, 512),
});
const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 });

/** Overwrites single bytes, wherever they fall in the envelope or the unit. */
function damaged(lease: CopiedLease, writes: [number, number][]): void {
  const total = lease.envelope.length + lease.bytes.length;
  for (const [place, value] of writes) {
    const at = place % total;
    if (at < lease.envelope.length) lease.envelope[at] = value;
    else lease.bytes[at - lease.envelope.length] = value;
  }
}

describe('an envelope from a hostile writer', () => {
  it('with bytes changed restores to some item or is ERR_ARENA_CORRUPT', () => {
    fc.assert(
      fc.property(fc.oneof(anyTree, anyGraph), options, damage, (item, how, writes) => {
        const lease = leaseOf(item, how);
        damaged(lease, writes);
        return survives(lease.envelope, lease.bytes);
      }),
      { numRuns: 4000 },
    );
  });

  it('of random bytes is ERR_ARENA_CORRUPT or an item', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        (body, unit, spilled) => {
          const header = [0xa6, spilled ? 1 : 0, 0, 0, 0, 0, 0, 0];
          return survives(Uint8Array.from([...header, ...body]), unit);
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('that is cut off or too long, or whose unit is, is ERR_ARENA_CORRUPT', () => {
    const item = { text: 'hello', data: new Float32Array(40), list: [1, 2.5, 10n ** 30n, /a/g] };
    for (const how of [{ copyThreshold: 0 }, { copyThreshold: 0, maxEnvelopeBytes: 32 }, {}]) {
      const { envelope, bytes } = leaseOf(item, how);
      for (let end = 0; end < envelope.length; end++) {
        const lease = new CopiedLease(bytes.slice(), envelope.slice(0, end));
        expect(errorOf(() => restoreItem(lease)).code).toBe('ERR_ARENA_CORRUPT');
      }
      const longer = new CopiedLease(bytes.slice(), Uint8Array.from([...envelope, 0]));
      expect(errorOf(() => restoreItem(longer)).code).toBe('ERR_ARENA_CORRUPT');
      const moreBytes = new CopiedLease(new Uint8Array(bytes.length + 64), envelope.slice());
      expect(errorOf(() => restoreItem(moreBytes)).code).toBe('ERR_ARENA_CORRUPT');
      if (bytes.length === 0) continue;
      const fewerBytes = new CopiedLease(bytes.slice(1), envelope.slice());
      expect(errorOf(() => restoreItem(fewerBytes)).code).toBe('ERR_ARENA_CORRUPT');
    }
  });

  const header = [0xa6, 0, 0, 0, 0, 0, 0, 0];
  const far = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
  const type = typesByExample();
  const text = (it: string) => [2 * it.length, ...Buffer.from(it, 'latin1')];
  const holes = [type.sparse, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
  /** A tensor of texts whose shape and data are these values. */
  const tensorOf = (shape: number[], data: number[]) => [
    ...[type.coded, ...text('tensor'), 0, 0, type.object, 3],
    ...[...text('dtype'), type.text, ...text('string')],
    ...[...text('shape'), ...shape, ...text('data'), ...data],
  ];
  const attacks: [string, number[]][] = [
    ['a tensor whose shape has 2^32 - 1 holes', tensorOf(holes, [type.array, 0])],
    ['a tensor of 2^32 - 1 texts that are holes', tensorOf([type.array, 0], holes)],
    ['an array of 2^49 members', [type.array, ...far]],
    ['an object of 2^49 properties', [type.object, ...far]],
    ['a text of 2^48 characters', [type.text, ...far]],
    ['a binary of 2^49 bytes inline', [type.inline, 0, ...far]],
    ['a binary of 2^49 bytes in the unit', [type.offloaded, 0, ...far]],
    ['a number of more than 8 bytes', [type.array, 0xff, 0xff, ...far, 0xff, 1]],
    ['a sparse array of 2^49 members', [type.sparse, ...far, 0]],
    ['a reference to what does not exist', [type.reference, 5]],
    ['an unknown type', [100]],
    ['an unknown well-known text', [type.text, 1, 255]],
    ['an unknown well-known name', [type.object, 1, 1, 255, type.array, 0]],
    ['a well-known text that is cut off', [type.text, 1]],
    ['an unknown kind of binary', [type.inline, 200, 0]],
    ['a Float64Array of 5 bytes', [type.inline, 10, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a boxed array', [type.boxed, type.array, 0]],
    ['arrays in arrays without end', new Array(100_000).fill([type.array, 1]).flat()],
    ['boxes in boxes without end', new Array(100_000).fill(type.boxed)],
    ['a regular expression that is none', [type.regExp, 2, 0x28, 0]],
    ['a bigint of other than digits', [type.bigint, 4, 0x20, 0x31]],
    ['an error of an unknown type', [type.error, 99, 0]],
    ['a name of 2^31 characters', [type.object, 1, 0xf4, 0xff, 0xff, 0xff, 0x0f, type.array, 0]],
  ];

  it.each(attacks)('with %s is ERR_ARENA_CORRUPT', (_, body) => {
    const lease = new CopiedLease(new Uint8Array(0), Uint8Array.from([...header, ...body]));
    const error = errorOf(() => restoreItem(lease));
    expect(error.code).toBe('ERR_ARENA_CORRUPT');
    expect(error.message).toMatch(/^an item cannot be restored: .+\. Let only item writers/);
    expect(lease.active).toBe(false);
  });

  it('with many long sparse arrays takes memory for what is there alone', () => {
    const sparse = [type.sparse, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
    const body = [type.array, 0xd0, 0x0f, ...new Array(2000).fill(sparse).flat()];
    const lease = new CopiedLease(new Uint8Array(0), Uint8Array.from([...header, ...body]));
    const before = process.memoryUsage().heapTotal;
    const arrays = restoreItem<unknown[][]>(lease);
    expect(arrays).toHaveLength(2000);
    expect(arrays[1999]).toHaveLength(2 ** 32 - 1);
    expect(process.memoryUsage().heapTotal - before).toBeLessThan(256 * 2 ** 20);
  });

  it('that spilled is copied before it is looked at', () => {
    const lease = leaseOf({ text: 'x'.repeat(100_000), small: new Uint8Array(8).fill(1) });
    const shared = lease.bytes;
    const item = restoreItem<{ small: Uint8Array }>(Object.assign(lease, { release() {} }));
    shared.fill(0);
    expect(item.small).toEqual(new Uint8Array(8).fill(1));
  });
});

/** The first body byte of values of each type, so that this test keeps up with the format. */
function typesByExample() {
  const firstByte = (item: unknown, copyThreshold = 100) =>
    offloadItem(item, { copyThreshold }).envelope[8] as number;
  const twice = {};
  return {
    array: firstByte([]),
    object: firstByte({}),
    text: firstByte(''),
    inline: firstByte(new Uint8Array(1)),
    offloaded: firstByte(new Uint8Array(1), 0),
    sparse: firstByte(new Array(3)),
    reference: offloadItem([twice, twice]).envelope.at(-2) as number,
    boxed: firstByte(Object(1)),
    regExp: firstByte(/a/),
    bigint: firstByte(2n ** 100n),
    error: firstByte(new Error('e')),
    coded: firstByte(new OrtTensor('string', [], [0])),
  };
}
