import { isSettled, nextContent, nextLease, rejectionOf, Stage } from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { pool } from './pool.js';

const unitBytes = 4096;

describe('a writer of a full pool', () => {
  const stage = new Stage(pool);
  const unit = () => new Uint8Array(unitBytes);

  it('waits for the first reader to come', async () => {
    const arena = stage.create({ unitBytes, units: 1 });
    const writer = arena.writer();
    await writer.write(unit(), { copy: false });
    const writing = writer.write(unit(), { copy: false });
    expect(await isSettled(writing)).toBe(false);
    await nextContent(arena.reader());
    await writing;
  });

  it('is told when the last reader leaves, here or in another process or thread', async () => {
    for (const place of ['process', 'thread'] as const) {
      const arena = stage.create({ unitBytes, units: 1 });
      const writer = arena.writer();
      const here = arena.reader();
      const peer = await stage.peer(arena.handle, { place });
      await peer.call('openReader');
      await writer.write(unit(), { copy: false });
      const writing = rejectionOf(writer.write(unit(), { copy: false }));
      here.close();
      expect(await isSettled(writing)).toBe(false);
      await peer.call('closeArena');
      expect((await writing).code).toBe('ERR_ARENA_NO_READERS');
      expect((await rejectionOf(writer.acquire(1))).code).toBe('ERR_ARENA_NO_READERS');
      expect(() => writer.acquireSync(1)).toThrow('no reader is left');
    }
  });

  it('is told in another process when the loop here is left and the pool closed', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const peer = await stage.peer(arena.handle);
    const writing = rejectionOf(peer.call('write', { writer: 0, count: 100, byteLength: 4096 }));
    for await (const lease of arena.reader()) {
      lease.release();
      break;
    }
    arena.close();
    expect((await writing).code).toBe('ERR_ARENA_NO_READERS');
  });

  it('goes on waiting for the next reader with the option waitForReaders', async () => {
    const arena = stage.create({ unitBytes, units: 1 });
    const writer = arena.writer({ waitForReaders: true });
    arena.reader().close();
    await writer.write(unit(), { copy: false });
    const writing = writer.write(unit(), { copy: false });
    expect(await isSettled(writing)).toBe(false);
    await nextContent(arena.reader());
    await writing;
  });

  it('waits for a lease that a reader took before it closed', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 1 });
    await writer.write(unit(), { copy: false });
    const lease = await nextLease(reader);
    reader.close();
    const writing = writer.write(unit(), { copy: false });
    expect(await isSettled(writing)).toBe(false);
    lease.release();
    await writing;
    expect(arena.stats().inFlight).toBe(1);
  });
});
