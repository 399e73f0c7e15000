import {
  type Codec,
  ItemReader,
  ItemWriter,
  offloadItem,
  packItem,
  readTag,
  registerCodec,
  restoreItem,
  unpackItem,
} from '@arena/payloads';
import { SegmentPool } from '@arena/transport-pool';
import { afterAll, describe, expect, it } from 'vitest';
import { errorOf } from './send.js';

const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 1 });
const writer = new ItemWriter(pool.writer());
const reader = new ItemReader(pool.reader());
afterAll(() => pool.close());

/** Calls without types, as JavaScript allows them. */
const any = (value: unknown) => value as never;

describe('a call with a wrong argument', () => {
  it.each<[string, () => unknown, string]>([
    [
      'offloadItem',
      () => offloadItem(1, { copyThreshold: -1 }),
      'copyThreshold must be 0 or more bytes, got -1.',
    ],
    [
      'offloadItem',
      () => offloadItem(1, { copyThreshold: Number.NaN }),
      'copyThreshold must be 0 or more bytes, got NaN.',
    ],
    [
      'offloadItem',
      () => offloadItem(1, { copyThreshold: any('5') }),
      "copyThreshold must be a number, got '5'.",
    ],
    [
      'offloadItem',
      () => offloadItem(1, { maxEnvelopeBytes: 31 }),
      'maxEnvelopeBytes must be a whole number from 32 to',
    ],
    [
      'offloadItem',
      () => offloadItem(1, { tag: -1 }),
      'tag must be a whole number from 0 to 4294967295, got -1.',
    ],
    [
      'offloadItem',
      () => offloadItem(1, { tag: 2 ** 32 }),
      'tag must be a whole number from 0 to 4294967295, got 4294967296.',
    ],
    [
      'offloadItem',
      () => offloadItem(1, any({ threshold: 5 })),
      "unknown option 'threshold'. Did you mean 'copyThreshold'?",
    ],
    ['offloadItem', () => offloadItem(1, any(5)), 'options must be an object, got 5.'],
    ['copyTo', () => offloadItem(1).copyTo(any([])), 'target must be a Uint8Array, got an array.'],
    ['restoreItem', () => restoreItem(any(undefined)), 'lease must be a Lease, got undefined.'],
    [
      'restoreItem',
      () => restoreItem(any(new Uint8Array(9))),
      'lease must be a Lease, got an instance of Uint8Array.',
    ],
    ['readTag', () => readTag(any('tag')), "envelope must be a Uint8Array, got 'tag'."],
    [
      'packItem',
      () => packItem(1, { always: any('yes') }),
      "always must be true or false, got 'yes'.",
    ],
    [
      'packItem',
      () => packItem(1, any({ allways: true })),
      "unknown option 'allways'. Did you mean 'always'?",
    ],
    ['unpackItem', () => unpackItem(any(null)), 'packed must be what packItem returned, got null.'],
    [
      'unpackItem',
      () => unpackItem(any({ bytes: 1 })),
      'packed.bytes must be a Uint8Array, got 1.',
    ],
    [
      'ItemWriter',
      () => new ItemWriter(any(pool)),
      'writer must be a Writer, got an instance of SegmentPool. Pass arena.writer().',
    ],
    [
      'ItemWriter',
      () => new ItemWriter(pool.writer(), any({ tag: 1 })),
      "unknown option 'tag'. Known here: 'copyThreshold', 'maxEnvelopeBytes'.",
    ],
    [
      'ItemReader',
      () => new ItemReader(any(pool)),
      'reader must be a Reader, got an instance of SegmentPool. Pass arena.reader().',
    ],
    [
      'tryWrite',
      () => writer.tryWrite(1, any({ timeoutMs: 5 })),
      "unknown option 'timeoutMs'. Known here: 'tag'.",
    ],
    [
      'writeSync',
      () => writer.writeSync(1, any({ timeout: 50 })),
      "unknown option 'timeout'. Did you mean 'timeoutMs'?",
    ],
    ['writeSync', () => writer.writeSync(1, { tag: any('1') }), "tag must be a number, got '1'."],
    [
      'readSync',
      () => reader.readSync(any({ timeout: 50 })),
      "unknown option 'timeout'. Did you mean 'timeoutMs'?",
    ],
    [
      'registerCodec',
      () => registerCodec(any({ name: 'x', matches() {}, encode() {} }) as Codec),
      'the codec "x" has no method decode()',
    ],
  ])('%s refuses it: $2', (_, call, message) => {
    const error = errorOf(call);
    expect(error.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
    expect(error.message).toContain(message);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['write', () => writer.write(1, any({ timeout: 50 })), "Did you mean 'timeoutMs'?"],
    ['write', () => writer.write(1, { signal: any({}) }), 'signal must be an AbortSignal'],
    ['read', () => reader.read(any({ timeout: 50 })), "Did you mean 'timeoutMs'?"],
    ['read', () => reader.read({ timeoutMs: any('50') }), "timeoutMs must be a number, got '50'."],
  ])('%s rejects it: $2', async (_, call, message) => {
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_ARENA_INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });

  it('writes nothing then', () => {
    expect(pool.stats().writtenUnits).toBe(0);
  });
});
