import type { Writer } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';
import { failureOf, isSettled, rejectionOf } from '../outcome.js';
import { makeRecord } from '../sequence.js';
import type { Stage } from '../stage.js';
import { contentNow, nextContent } from '../take.js';

const unitBytes = 4096;
const units = 2;

export function describeWaiting(stage: Stage): void {
  const unit = (value = 0) => new Uint8Array(unitBytes).fill(value);
  const pair = () => stage.pair({ unitBytes, units });
  const fill = (writer: Writer) => {
    let written = 0;
    while (writer.tryWrite(unit(written))) written++;
    return written;
  };

  it('begins when the arena is full, and no earlier', () => {
    const { writer } = pair();
    expect(fill(writer)).toBe(units);
    expect(writer.tryAcquire(unitBytes)).toBeNull();
  });

  it.each([
    ['acquire', async (writer: Writer) => (await writer.acquire(unitBytes)).abort()],
    ['write', (writer: Writer) => writer.write(new Uint8Array(unitBytes))],
  ])('of %s ends when a reader makes room', async (_, call) => {
    const { writer, reader } = pair();
    fill(writer);
    const waiting = call(writer);
    expect(await isSettled(waiting)).toBe(false);
    await nextContent(reader);
    await waiting;
  });

  describe('for space', () => {
    const calls: [string, (writer: Writer, timeoutMs: number) => PromiseLike<unknown>][] = [
      ['acquire', (writer, timeoutMs) => writer.acquire(unitBytes, { timeoutMs })],
      ['write', (writer, timeoutMs) => writer.write(unit(), { timeoutMs })],
      ['acquireSync', async (writer, timeoutMs) => writer.acquireSync(unitBytes, { timeoutMs })],
      ['writeSync', async (writer, timeoutMs) => writer.writeSync(unit(), { timeoutMs })],
    ];

    it.each(calls)(
      'by %s ends at its deadline, and names the needed and the free bytes',
      async (_, call) => {
        const { writer } = pair();
        fill(writer);
        const began = performance.now();
        const failure = await rejectionOf(call(writer, 50));
        // Node's timers count whole milliseconds.
        expect(performance.now() - began).toBeGreaterThanOrEqual(49);
        expect(failure.code).toBe('ERR_ARENA_FULL');
        expect(failure.message).toMatch(/^shared-memory arena full: need 4096 bytes, 0 free/);
        expect(failure.details).toMatchObject({ neededBytes: unitBytes, freeBytes: 0 });
      },
    );

    it.each(calls)('by %s does not begin with a deadline of 0', async (_, call) => {
      const { arena, writer } = pair();
      fill(writer);
      expect((await rejectionOf(call(writer, 0))).code).toBe('ERR_ARENA_FULL');
      expect(arena.stats().writerWaits).toBe(0);
    });

    it.each(calls)('by %s is none where there is room, whatever the deadline', async (_, call) => {
      const { writer } = pair();
      const opened = await call(writer, 0);
      if (opened && typeof opened === 'object' && 'abort' in opened) {
        (opened as { abort(): void }).abort();
      }
    });

    it('is served in the order in which it was asked for', async () => {
      const { writer, reader } = pair();
      fill(writer);
      const order: number[] = [];
      const writes = [0, 1, 2].map((value) =>
        writer.write(unit(10 + value)).then(() => order.push(value)),
      );
      const seen: (number | undefined)[] = [];
      for (let read = 0; read < units + 3; read++) seen.push((await nextContent(reader)).bytes[0]);
      await Promise.all(writes);
      expect(seen).toEqual([0, 1, 10, 11, 12]);
      expect(order).toEqual([0, 1, 2]);
    });

    it('is not overtaken by a later write that would fit', async () => {
      const { writer, reader } = pair();
      fill(writer);
      const large = writer.write(unit(5));
      const small = writer.write(Uint8Array.of(6));
      expect(await isSettled(small)).toBe(false);
      const seen: (number | undefined)[] = [];
      for (let read = 0; read < 4; read++) seen.push((await nextContent(reader)).bytes[0]);
      await Promise.all([large, small]);
      expect(seen).toEqual([0, 1, 5, 6]);
    });
  });

  describe('with a signal', () => {
    it('ends with its reason when it aborts', async () => {
      const { writer, reader } = pair();
      const reason = new Error('enough');
      for (const call of [
        (signal: AbortSignal) => reader.read({ signal }),
        (signal: AbortSignal) => reader.readInto(unit(), { signal }),
      ]) {
        const controller = new AbortController();
        const waiting = call(controller.signal);
        controller.abort(reason);
        expect(await rejectionOf(waiting)).toBe(reason);
      }
      fill(writer);
      for (const call of [
        (signal: AbortSignal) => writer.acquire(unitBytes, { signal }),
        (signal: AbortSignal) => writer.write(unit(), { signal }),
      ]) {
        const controller = new AbortController();
        const waiting = call(controller.signal);
        controller.abort(reason);
        expect(await rejectionOf(waiting)).toBe(reason);
      }
    });

    it('does not begin when it has aborted before, even where there is something', async () => {
      const { writer, reader } = pair();
      const signal = AbortSignal.abort(new Error('before'));
      expect((await rejectionOf(writer.acquire(1, { signal }))).message).toBe('before');
      await writer.write(Uint8Array.of(1));
      expect((await rejectionOf(reader.read({ signal }))).message).toBe('before');
      expect(contentNow(reader)?.bytes).toEqual(Uint8Array.of(1));
    });

    it('loses nothing when it aborts', async () => {
      const { writer, reader } = pair();
      const controller = new AbortController();
      const aborted = reader.read({ signal: controller.signal });
      const next = reader.read();
      controller.abort();
      await rejectionOf(aborted);
      await writer.write(Uint8Array.of(1));
      const lease = await next;
      expect(lease?.bytes).toEqual(Uint8Array.of(1));
      lease?.release();
    });

    it('leaves room to the next that waits when it aborts', async () => {
      const { writer, reader } = pair();
      fill(writer);
      const controller = new AbortController();
      const aborted = writer.acquire(unitBytes, { signal: controller.signal });
      const next = writer.acquire(unitBytes);
      controller.abort();
      await rejectionOf(aborted);
      await nextContent(reader);
      (await next).abort();
    });
  });

  describe('for a unit', () => {
    it('ends at its deadline', async () => {
      const { reader } = pair();
      const began = performance.now();
      const failure = await rejectionOf(reader.read({ timeoutMs: 50 }));
      expect(performance.now() - began).toBeGreaterThanOrEqual(49);
      expect(failure.code).toBe('ERR_ARENA_TIMEOUT');
      expect((await rejectionOf(reader.readInto(unit(), { timeoutMs: 1 }))).code).toBe(
        'ERR_ARENA_TIMEOUT',
      );
    });

    it('does not begin with a deadline of 0', async () => {
      const { arena, writer, reader } = pair();
      expect((await rejectionOf(reader.read({ timeoutMs: 0 }))).code).toBe('ERR_ARENA_TIMEOUT');
      expect(failureOf(() => reader.readSync({ timeoutMs: 0 })).code).toBe('ERR_ARENA_TIMEOUT');
      expect(arena.stats().readerWaits).toBe(0);
      await writer.write(Uint8Array.of(1));
      (await reader.read({ timeoutMs: 0 }))?.release();
    });

    it('takes no unit from the next read when it ends without one', async () => {
      const { writer, reader } = pair();
      await rejectionOf(reader.read({ timeoutMs: 5 }));
      await writer.write(Uint8Array.of(1));
      expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
    });

    it.each([2 ** 31, 2 ** 53, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
      'goes on for a deadline as far away as %d ms',
      async (timeoutMs) => {
        const { writer, reader } = pair();
        const reading = reader.read({ timeoutMs });
        expect(await isSettled(reading)).toBe(false);
        await writer.write(Uint8Array.of(1));
        (await reading)?.release();
      },
    );
  });

  describe('that blocks a process', () => {
    it('for a unit ends when this one writes', async () => {
      const arena = stage.create({ unitBytes, units });
      const peer = await stage.peer(arena.handle);
      await peer.call('openReader');
      const reading = peer.call('readSync', 1);
      expect(await isSettled(reading)).toBe(false);
      await arena.writer().write(makeRecord(64, { writer: 0, sequence: 3 }));
      expect(await reading).toEqual([{ writer: 0, sequence: 3 }]);
    });

    it('for space ends when this one reads', async () => {
      const arena = stage.create({ unitBytes, units });
      const reader = arena.reader();
      const peer = await stage.peer(arena.handle);
      const writing = peer.call('writeSync', {
        writer: 0,
        count: units + 1,
        byteLength: unitBytes,
      });
      expect(await isSettled(writing)).toBe(false);
      await nextContent(reader);
      await writing;
    });

    it.each([2 ** 31, Number.MAX_VALUE])('goes on for as long as %d ms', async (timeoutMs) => {
      const arena = stage.create({ unitBytes, units });
      const script = stage.script(
        `const reader = Arena.attach(process.argv[1]).reader();
        console.log('reading');
        console.log(reader.readSync({ timeoutMs: Number(process.argv[2]) }).bytes[0]);`,
        { args: [arena.handle, String(timeoutMs)] },
      );
      expect(await script.line()).toBe('reading');
      await arena.writer().write(Uint8Array.of(9));
      expect(await script.line()).toBe('9');
    });
  });
}
