/** The members that only a pool, or only a pool with fan-out, has. */
import { contentNow, failureOf, rejectionOf, Stage } from '@arena/testkit';
import { FanOutPool, SegmentPool } from '@arena/transport-pool';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { fanOutPool, pool } from './pool.js';

const sizes = { segmentSize: 65536, segmentCount: 4 };
const ofOthers = ['borrow', 'tryBorrow', 'lost'];
const ofBroadcast = ['lag', 'syncToNewest'];

describe('a pool', () => {
  const stage = new Stage(pool);

  it('has readers with the members of every reader, and no others', () => {
    const { reader } = stage.pair();
    expect([...ofOthers, ...ofBroadcast].filter((name) => name in reader)).toEqual([]);
    expectTypeOf(reader).not.toHaveProperty('borrow');
    expectTypeOf(reader).not.toHaveProperty('tryBorrow');
    expectTypeOf(reader).not.toHaveProperty('lost');
    expectTypeOf(reader).not.toHaveProperty('lag');
    expectTypeOf(reader).not.toHaveProperty('syncToNewest');
  });

  it.each(['newest', 'oldest', 'next'] as const)(
    'gives a reader from the %s the oldest unit that nobody has taken',
    (from) => {
      const arena = stage.create();
      const writer = arena.writer();
      for (const value of [1, 2, 3]) writer.writeSync(Uint8Array.of(value));
      const early = contentNow(arena.reader())?.bytes[0];
      expect([early, contentNow(arena.reader({ from }))?.bytes[0]]).toEqual([1, 2]);
    },
  );

  const bytes = Uint8Array.of(1);
  it.each<[string, (writer: ReturnType<SegmentPool['writer']>, how: object) => unknown]>([
    ['write', (writer, how) => writer.write(bytes, how)],
    ['tryWrite', (writer, how) => writer.tryWrite(bytes, how)],
    ['writeSync', (writer, how) => writer.writeSync(bytes, how)],
    ['writeMany', (writer, how) => writer.writeMany([bytes], how)],
    ['tryWriteMany', (writer, how) => writer.tryWriteMany([bytes], how)],
  ])('refuses a wrong or misspelt copy of %s', async (_, call) => {
    const { writer, reader } = stage.pair();
    const messageOf = async (how: object) => {
      const { code, message } = await rejectionOf((async () => call(writer, how))());
      expect(code).toBe('ERR_ARENA_INVALID_ARGUMENT');
      return message;
    };
    for (const copy of ['no', 1, null]) expect(await messageOf({ copy })).toContain('copy must be');
    expect(await messageOf({ Copy: true })).toBe("unknown option 'Copy'. Did you mean 'copy'?");
    expect(contentNow(reader)).toBeNull();
  });

  it.each([-1, 1.5, '16384', null])('refuses a copyThreshold of %o', (copyThreshold) => {
    const arena = stage.create();
    const { code } = failureOf(() => arena.writer({ copyThreshold: copyThreshold as number }));
    expect(code).toBe('ERR_ARENA_INVALID_ARGUMENT');
  });
});

describe('a pool with fan-out', () => {
  const stage = new Stage(fanOutPool);

  it('has readers with positions of their own, and writers do not pass them', () => {
    const { reader } = stage.pair();
    expect(ofBroadcast.filter((name) => name in reader)).toEqual(ofBroadcast);
    expect(ofOthers.filter((name) => name in reader)).toEqual([]);
    expectTypeOf(reader).not.toHaveProperty('borrow');
    expectTypeOf(reader).not.toHaveProperty('lost');
  });

  it('is made and attached by SegmentPool with the option fanOut', () => {
    const made = stage.keep(SegmentPool.create({ ...sizes, fanOut: true }));
    const found = stage.keep(SegmentPool.attach(made.handle));
    expect([made, found]).toEqual([expect.any(FanOutPool), expect.any(FanOutPool)]);
    expectTypeOf(made).toEqualTypeOf<FanOutPool>();
    made.writer().writeSync(Uint8Array.of(1));
    const [first, second] = [made.reader(), stage.attach(made.handle).reader()];
    expect([contentNow(first)?.bytes[0], contentNow(second)?.bytes[0]]).toEqual([1, 1]);
  });

  it('is not made by SegmentPool without the option', () => {
    const made = stage.keep(SegmentPool.create({ ...sizes, fanOut: false }));
    expect(made).not.toBeInstanceOf(FanOutPool);
    expect(stage.keep(SegmentPool.attach(made.handle))).not.toBeInstanceOf(FanOutPool);
    const { code, message } = failureOf(() => FanOutPool.attach(made.handle));
    expect([code, message]).toEqual([
      'ERR_ARENA_INCOMPATIBLE',
      'incompatible arena: kind is pool, expected pool with fan-out. Attach with the class that created it.',
    ]);
  });

  it('cannot be made without fan-out', () => {
    // @ts-expect-error The type says so, too.
    const { code } = failureOf(() => FanOutPool.create({ ...sizes, fanOut: false }));
    expect(code).toBe('ERR_ARENA_INVALID_ARGUMENT');
  });

  it('has no writers that wait for readers: the oldest units make room', () => {
    const arena = stage.create();
    // @ts-expect-error The type says so, too.
    const { code, message } = failureOf(() => arena.writer({ waitForReaders: true }));
    expect(code).toBe('ERR_ARENA_INVALID_ARGUMENT');
    expect(message).toBe(
      "unknown option 'waitForReaders'. Known here: 'spinMicroseconds', 'copyThreshold'.",
    );
  });
});
