/** Units that a living writer keeps open: readers wait at them, and then writers. */
import { failureOf, nextContent, rejectionOf, Stage } from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { overwritingRing, ring, throwingRing } from './ring.js';

const unitBytes = 4096;
const unit = (value: number) => new Uint8Array(unitBytes).fill(value);
const minuteMs = 60_000;

describe.each([ring, throwingRing, overwritingRing])(
  'a unit that $name keeps open',
  (transport) => {
    const stage = new Stage(transport);

    it('is named in the error of a call that waits for it, with its process and its age', async () => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 4 });
      const peer = await stage.peer(arena.handle);
      await peer.call('leaveOpen', unitBytes);
      await writer.write(unit(1));
      const nothing = await rejectionOf(reader.read({ timeoutMs: 50 }));
      expect(nothing.code).toBe('ERR_ARENA_TIMEOUT');
      expect(nothing.message).toMatch(new RegExp(`open in process ${peer.pid} for \\d[\\d.]* s`));
      expect(nothing.message).toContain('unitTimeoutMs');
      expect(nothing.details).toMatchObject({ unendedWriterPid: peer.pid });
      expect(nothing.details?.unendedForMs).toBeGreaterThan(0);

      while (writer.tryWrite(unit(2))) {}
      const full = await rejectionOf(writer.write(unit(3), { timeoutMs: 50 }));
      expect(full.code).toBe('ERR_ARENA_FULL');
      expect(full.message).toContain(`open in process ${peer.pid} for `);
      expect(full.message).not.toContain('the reader in process');
      expect(full.details).toMatchObject({ unendedWriterPid: peer.pid, readerPid: undefined });
    });

    it('is named as a unit of this process when it is one', async () => {
      const { writer, reader } = stage.pair({ unitBytes, units: 4 });
      const open = await writer.acquire(unitBytes);
      const failure = failureOf(() => reader.readSync({ timeoutMs: 0 }));
      expect(failure.message).toContain(`open in this process (${process.pid})`);
      open.abort();
    });

    it('is not ended before unitTimeoutMs, and the error says so', async () => {
      const { writer, reader } = stage.pair({ unitBytes, units: 4, unitTimeoutMs: minuteMs });
      const open = await writer.acquire(unitBytes);
      const failure = failureOf(() => reader.readSync({ timeoutMs: 0 }));
      expect(failure.message).toContain(`Another process ends that unit after ${minuteMs} ms`);
      expect(failure.message).not.toContain('create the arena with unitTimeoutMs');
      open.abort();
    });

    it('is ended by the others after unitTimeoutMs, and its writer is told', async () => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 4, unitTimeoutMs: 100 });
      const peer = await stage.peer(arena.handle);
      await peer.call('leaveOpen', unitBytes);
      await writer.write(unit(1));
      expect((await nextContent(reader)).bytes).toEqual(unit(1));
      const failure = await rejectionOf(peer.call('commitOpen'));
      expect(failure.code).toBe('ERR_ARENA_UNIT_ENDED');
      expect(failure.message).toContain('longer than 100 ms');
      // All of the room is free again.
      for (let value = 0; value < 20; value++) {
        await writer.write(unit(value));
        expect((await nextContent(reader)).bytes).toEqual(unit(value));
      }
    });

    it('is ended for a call that blocks its thread as well', async () => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 4, unitTimeoutMs: 100 });
      const peer = await stage.peer(arena.handle);
      await peer.call('leaveOpen', unitBytes);
      writer.writeSync(unit(1));
      expect(reader.readSync()?.bytes).toEqual(unit(1));
    });

    it('reaches no other unit, whatever its writer still fills in', async () => {
      const { writer, reader } = stage.pair({ unitBytes, units: 4, unitTimeoutMs: 50 });
      const open = await writer.acquire(unitBytes);
      const { bytes } = open;
      await writer.write(unit(1));
      expect((await nextContent(reader)).bytes).toEqual(unit(1));
      for (let value = 2; value < 10; value++) {
        await writer.write(unit(value));
        bytes.fill(99);
        expect((await nextContent(reader)).bytes).toEqual(unit(value));
      }
      expect(failureOf(() => open.commit()).code).toBe('ERR_ARENA_UNIT_ENDED');
      expect(bytes.byteLength).toBe(0);
      expect(failureOf(() => open.commit()).code).toBe('ERR_ARENA_UNIT_ENDED');
      open.abort();
    });
  },
);

describe('a ring with unitTimeoutMs', () => {
  const stage = new Stage(ring);
  const pair = () => stage.pair({ unitBytes, units: 4, unitTimeoutMs: minuteMs });

  it('publishes the filled unit, all of it or its leading bytes', async () => {
    const { writer, reader } = pair();
    const whole = await writer.acquire(unitBytes, { envelope: Uint8Array.of(5) });
    const part = await writer.acquire(unitBytes);
    whole.bytes.set(unit(1));
    part.bytes.set(unit(2));
    part.commit(100);
    whole.commit();
    expect(await nextContent(reader)).toEqual({ bytes: unit(1), envelope: Uint8Array.of(5) });
    expect((await nextContent(reader)).bytes).toEqual(unit(2).subarray(0, 100));
  });

  it('writes with one call as without the option', async () => {
    const { writer, reader } = pair();
    await writer.write(unit(1));
    writer.writeSync(unit(2));
    await writer.writeMany([new Uint8Array(8).fill(3)]);
    const read = [await nextContent(reader), await nextContent(reader), await nextContent(reader)];
    expect(read.map(({ bytes }) => bytes[0])).toEqual([1, 2, 3]);
  });

  it('empties units at their end', async () => {
    const { writer } = pair();
    const [committed, aborted] = await Promise.all([writer.acquire(100), writer.acquire(100)]);
    committed.commit();
    aborted.abort();
    expect([committed.bytes.byteLength, aborted.bytes.byteLength]).toEqual([0, 0]);
  });

  it.each([0, -1, 0.5, Number.NaN, 2 ** 31])('takes no unitTimeoutMs of %d', (unitTimeoutMs) => {
    const failure = failureOf(() => stage.create({ unitBytes, units: 4, unitTimeoutMs }));
    expect(failure.code).toBe('ERR_ARENA_INVALID_ARGUMENT');
    expect(failure.message).toContain('unitTimeoutMs');
  });
});
