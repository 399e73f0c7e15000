/** The members that only a ring has, and members of pools that a ring lacks. */
import { failureOf, rejectionOf, Stage } from '@arena/testkit';
import type { RingBuffer, RingReader } from '@arena/transport-ring';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { overwritingRing, ring } from './ring.js';

describe('a ring', () => {
  const stage = new Stage(ring);

  it('has readers that borrow records and know their positions', () => {
    const { arena, reader } = stage.pair();
    expectTypeOf(arena).toEqualTypeOf<RingBuffer>();
    expectTypeOf(reader).toEqualTypeOf<RingReader>();
    expect([reader.tryBorrow(), reader.lag, reader.lost]).toEqual([null, 0, 0]);
  });

  it.each([{ copyThreshold: 16384 }, { waitForReaders: true }])(
    'has no writer with %o, as a pool has',
    (options) => {
      const arena = stage.create();
      const { code, message } = failureOf(() => arena.writer(options as object));
      expect(code).toBe('ERR_ARENA_INVALID_ARGUMENT');
      const [name] = Object.keys(options);
      expect(message).toBe(`unknown option '${name}'. Known here: 'spinMicroseconds'.`);
    },
  );

  it('has one way to write', async () => {
    const { arena, writer } = stage.pair();
    const bytes = Uint8Array.of(1);
    // @ts-expect-error
    const refused = await rejectionOf(writer.write(bytes, { copy: true }));
    expect(refused.message).toContain("unknown option 'copy'. Known here: ");
    // @ts-expect-error
    const { message } = failureOf(() => writer.tryWriteMany([bytes], { copy: true }));
    expect(message).toBe("unknown option 'copy'. This call takes no options.");
    // @ts-expect-error
    expect(() => arena.writer({ copyThreshold: 5 })).toThrow();
    expect(arena.stats().writtenUnits).toBe(0);
  });
});

describe('a reader of a ring that overwrites', () => {
  const stage = new Stage(overwritingRing);

  it('reports the number of lost records also after it was closed', async () => {
    const { writer, reader } = stage.pair({ unitBytes: 4096, units: 2 }, { from: 'oldest' });
    for (let value = 0; value < 5; value++) await writer.write(new Uint8Array(4096).fill(value));
    expect(failureOf(() => reader.tryRead()).code).toBe('ERR_ARENA_LAPPED');
    const { lost } = reader;
    reader.close();
    expect([lost > 0, reader.lost]).toEqual([true, lost]);
  });
});
