import type { Arena, OpenUnit, Reader, Writer } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';
import { arenaDescriptors, arenaMappings, until } from '../left-behind.js';
import { failureOf, rejectionOf } from '../outcome.js';
import type { Stage } from '../stage.js';
import { contentNow, nextLease } from '../take.js';

const unitBytes = 4096;
const closed = 'ERR_ARENA_CLOSED';

export function describeClosing(stage: Stage): void {
  describe('a writer', () => {
    it('refuses every call, and each says so', async () => {
      const { writer } = stage.pair();
      writer.close();
      const bytes = Uint8Array.of(1);
      expect(writer.closed).toBe(true);
      expect((await rejectionOf(writer.acquire(1))).code).toBe(closed);
      expect((await rejectionOf(writer.write(bytes))).code).toBe(closed);
      expect(failureOf(() => writer.tryAcquire(1)).code).toBe(closed);
      expect(failureOf(() => writer.acquireSync(1)).code).toBe(closed);
      expect(failureOf(() => writer.tryWrite(bytes)).code).toBe(closed);
      expect(failureOf(() => writer.writeSync(bytes)).code).toBe(closed);
      writer.close();
      writer[Symbol.dispose]();
    });

    it('gives up its open units, and their room', async () => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 2, writers: 2 });
      const units = [await writer.acquire(unitBytes), await writer.acquire(unitBytes)];
      writer.close();
      for (const unit of units) {
        expect(unit.bytes.byteLength).toBe(0);
        unit.abort();
        expect(failureOf(() => unit.commit()).code).toBe(closed);
      }
      // A ring's reader passes over these units.
      expect(contentNow(reader)).toBeNull();
      const other = arena.writer();
      for (let unit = 0; unit < 2; unit++)
        expect(other.tryWrite(new Uint8Array(unitBytes))).toBe(true);
    });

    it('ends its calls that wait', async () => {
      const { writer } = stage.pair({ unitBytes, units: 1 });
      await writer.write(new Uint8Array(unitBytes));
      const waiting = [writer.acquire(unitBytes), writer.write(new Uint8Array(unitBytes))];
      writer.close();
      for (const call of waiting) expect((await rejectionOf(call)).code).toBe(closed);
    });

    it('is closed at the end of the scope that disposes of it', () => {
      const { writer } = stage.pair();
      writer[Symbol.dispose]();
      expect(writer.closed).toBe(true);
    });
  });

  describe('a reader', () => {
    it('refuses every call, and each says so', async () => {
      const { reader } = stage.pair();
      reader.close();
      expect(reader.closed).toBe(true);
      expect((await rejectionOf(reader.read())).code).toBe(closed);
      expect((await rejectionOf(reader.readInto(new Uint8Array(1)))).code).toBe(closed);
      expect((await rejectionOf(reader[Symbol.asyncIterator]().next())).code).toBe(closed);
      expect(failureOf(() => reader.tryRead()).code).toBe(closed);
      expect(failureOf(() => reader.readSync()).code).toBe(closed);
      reader.close();
      reader[Symbol.dispose]();
    });

    it('ends its calls that wait', async () => {
      const { reader } = stage.pair();
      const waiting = [reader.read(), reader.readInto(new Uint8Array(1))];
      reader.close();
      for (const call of waiting) expect((await rejectionOf(call)).code).toBe(closed);
    });

    it('leaves its unread units to another reader', async () => {
      const { arena, writer, reader } = stage.pair();
      const other = arena.reader();
      await writer.write(Uint8Array.of(1));
      reader.close();
      expect(contentNow(other)?.bytes).toEqual(Uint8Array.of(1));
    });
  });

  describe('an arena', () => {
    it('refuses every call, and each says so', () => {
      const { arena } = stage.pair();
      arena.close();
      expect(arena.closed).toBe(true);
      const calls: (() => unknown)[] = [
        () => arena.handle,
        () => arena.writer(),
        () => arena.reader(),
        () => arena.stats(),
      ];
      for (const call of calls) expect(failureOf(call).code).toBe(closed);
      arena.close();
      arena[Symbol.dispose]();
    });

    it('closes its writers and readers, and ends their calls', async () => {
      const { arena, writer, reader } = stage.pair();
      const reading = reader.read();
      const unit = await writer.acquire(1);
      arena.close();
      expect((await rejectionOf(reading)).code).toBe(closed);
      expect([writer.closed, reader.closed]).toEqual([true, true]);
      expect(failureOf(() => unit.commit()).code).toBe(closed);
    });

    it('can be closed by its own events', async () => {
      const { arena, reader } = stage.pair();
      const peer = await stage.peer(arena.handle);
      await peer.call('write', { writer: 0, count: 1, byteLength: 64 });
      const lost = new Promise<void>((resolve) => {
        arena.on('peer-lost', () => {
          arena.close();
          resolve();
        });
      });
      (await nextLease(reader)).release();
      const ended = rejectionOf(reader.read());
      await peer.kill();
      await lost;
      // Either of the two may come first, depending on the turn of the event loop.
      expect([closed, 'ERR_ARENA_PEER_LOST']).toContain((await ended).code);
    });

    it('gives back its memory and its descriptors while the program still refers to it', async () => {
      const endpoints: [Arena, Writer, Reader, OpenUnit][] = [];
      for (let round = 0; round < 5; round++) {
        const { arena, writer, reader } = stage.pair({ unitBytes: 2 ** 16 });
        await writer.write(new Uint8Array(2 ** 16));
        (await nextLease(reader)).release();
        // Keep the arena: close() must free it, not the garbage collector.
        endpoints.push([arena, writer, reader, await writer.acquire(100)]);
        arena.close();
      }
      await until(() => arenaDescriptors().length + arenaMappings().length === 0);
      expect(endpoints.length).toBe(5);
    });

    it('keeps its memory until the last lease is released', async () => {
      const { arena, writer, reader } = stage.pair({ unitBytes: 2 ** 16 });
      await writer.write(new Uint8Array(2 ** 16).fill(6));
      const lease = await nextLease(reader);
      arena.close();
      expect(lease.bytes.every((byte) => byte === 6)).toBe(true);
      lease.release();
      await until(() => arenaDescriptors().length + arenaMappings().length === 0);
    });
  });
}
