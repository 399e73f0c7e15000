import type { Writer } from '@arena/shm-core';
import { failureOf, Stage } from '@arena/testkit';
import { SegmentPool, type SegmentPoolOptions } from '@arena/transport-pool';
import { describe, expect, it } from 'vitest';
import { pool } from './pool.js';

const small: SegmentPoolOptions = { segmentSize: 65536, segmentCount: 2, queueBytes: 65536 };
const KiB = (count: number) => new Uint8Array(count * 1024);

/** Writes the same unit until there is no room, and returns the error of the next write. */
const fillWith = (unit: Uint8Array, most: number) => (writer: Writer) => {
  for (let written = 0; written < most; written++) writer.writeSync(unit, { timeoutMs: 0 });
};

/** Calls that a small pool refuses, the code, and the option that the error names. */
const refused: [string, (writer: Writer) => void, string, keyof SegmentPoolOptions][] = [
  ['a third unit in two segments', fillWith(KiB(60), 3), 'ERR_ARENA_FULL', 'segmentCount'],
  [
    'more small units than its queue has bytes',
    fillWith(KiB(10), 7),
    'ERR_ARENA_FULL',
    'queueBytes',
  ],
  [
    'more tiny units than its queue has records',
    fillWith(KiB(0), 323),
    'ERR_ARENA_FULL',
    'queueBytes',
  ],
  [
    'a unit larger than a segment',
    (writer) => writer.writeSync(KiB(100)),
    'ERR_ARENA_UNIT_TOO_LARGE',
    'segmentSize',
  ],
  [
    'an envelope larger than its queue',
    (writer) => writer.writeSync(KiB(0), { envelope: KiB(100) }),
    'ERR_ARENA_UNIT_TOO_LARGE',
    'queueBytes',
  ],
  [
    'a small unit with an envelope larger than its queue',
    (writer) => writer.writeSync(KiB(1), { envelope: KiB(100) }),
    'ERR_ARENA_UNIT_TOO_LARGE',
    'queueBytes',
  ],
];

describe('a pool', () => {
  const stage = new Stage(pool);
  const open = (options: SegmentPoolOptions) => {
    const arena = stage.keep(SegmentPool.create(options));
    arena.reader();
    return arena.writer();
  };

  it.each(refused)('that refuses %s names the option that helps', (_, write, code, option) => {
    const failure = failureOf(() => write(open(small)));
    expect(failure.code).toBe(code);
    expect(failure.message.match(/(?:Raise|larger) (\w+)/)?.[1]).toBe(option);
    write(open({ ...small, [option]: 2 * (small[option] as number) }));
  });

  it('says how many segments are free', () => {
    const { message, details } = failureOf(() => fillWith(KiB(60), 3)(open(small)));
    expect(message).toContain('need 61440 bytes, 0 free: 0 of 2 segments.');
    expect(details).toMatchObject({ neededBytes: 61440, freeBytes: 0 });
  });

  it.each([
    [undefined, 'Say at creation how many come (writers: n)'],
    [1, 'Expect more at creation than writers: 1'],
  ])('that expects %s writers says how it takes one more', (writers, remedy) => {
    const attachLate = (options: SegmentPoolOptions) => {
      const arena = stage.keep(SegmentPool.create(options));
      const reader = arena.reader();
      arena.writer().close();
      reader.tryRead();
      arena.writer();
    };
    const { code, message } = failureOf(() => attachLate({ ...small, writers }));
    expect(code).toBe('ERR_ARENA_ENDED');
    expect(message).toContain(remedy);
    attachLate({ ...small, writers: 2 });
  });

  it('that takes no more writers and readers names the option that helps', () => {
    const open = (maxPeers: number) => {
      const arena = stage.keep(SegmentPool.create({ ...small, maxPeers }));
      const first = arena.reader();
      return { first, second: () => arena.reader() };
    };
    const { first, second } = open(1);
    const { code, message } = failureOf(second);
    expect(code).toBe('ERR_ARENA_TOO_MANY_PEERS');
    expect(message).toContain('Close some, or create the arena with a larger maxPeers.');
    open(2).second();
    first.close();
    second();
  });

  it('that was left by its readers goes on as its error says', () => {
    const arena = stage.keep(SegmentPool.create(small));
    arena.reader().close();
    const writer = arena.writer();
    const { code, message } = failureOf(() => {
      for (;;) writer.writeSync(KiB(60));
    });
    expect(code).toBe('ERR_ARENA_NO_READERS');
    expect(message).toContain('Open a reader and write again');
    arena.reader({ from: 'oldest' }).readSync()?.release();
    writer.writeSync(KiB(60));
  });

  it('takes beside a segment only as much envelope as its error says', () => {
    const writer = open(small);
    const write = (envelope: Uint8Array) => writer.writeSync(KiB(60), { envelope, timeoutMs: 0 });
    const { message } = failureOf(() => write(KiB(2)));
    expect(message).toContain('at most 1024 bytes');
    write(KiB(1));
  });
});
