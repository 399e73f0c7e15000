import { expect, it } from 'vitest';
import { isSettled, rejectionOf } from '../outcome.js';
import { makeRecord } from '../sequence.js';
import type { Stage } from '../stage.js';
import { contentNow, nextContent } from '../take.js';

export function describeEndOfStream(stage: Stage): void {
  it('comes when the writer has closed and everything is read', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(Uint8Array.of(1));
    writer.close();
    expect(reader.ended).toBe(false);
    await nextContent(reader);
    expect(await reader.read()).toBeNull();
    expect(reader.ended).toBe(true);
  });

  it('stays, for every way of reading', async () => {
    const { writer, reader } = stage.pair();
    writer.close();
    expect(reader.tryRead()).toBeNull();
    expect(reader.ended).toBe(true);
    expect(reader.readSync()).toBeNull();
    expect(await reader.read()).toBeNull();
    expect(await reader.readInto(new Uint8Array(1))).toBeNull();
    for await (const lease of reader) expect(lease).toBeUndefined();
  });

  it('is not taken for a unit without bytes', async () => {
    const { writer, reader } = stage.pair();
    await writer.write(new Uint8Array(0));
    writer.close();
    expect((await nextContent(reader)).bytes.byteLength).toBe(0);
    expect(await reader.read()).toBeNull();
  });

  it('comes after all that was committed, and without what was left open', async () => {
    const { writer, reader } = stage.pair();
    const open = await writer.acquire(8);
    open.bytes.fill(1);
    const committed = await writer.acquire(8);
    committed.bytes.fill(2);
    committed.commit();
    writer.close();
    expect((await nextContent(reader)).bytes).toEqual(new Uint8Array(8).fill(2));
    expect(await reader.read()).toBeNull();
  });

  it('comes when the last of several writers has closed', async () => {
    const { arena, writer, reader } = stage.pair();
    const other = arena.writer();
    const reading = reader.read();
    writer.close();
    expect(await isSettled(reading)).toBe(false);
    other.close();
    expect(await reading).toBeNull();
  });

  it('does not come before there was a writer', async () => {
    const arena = stage.create();
    const reader = arena.reader();
    const reading = reader.read();
    expect(await isSettled(reading)).toBe(false);
    const writer = arena.writer();
    await writer.write(Uint8Array.of(4));
    expect((await reading)?.bytes).toEqual(Uint8Array.of(4));
    (await reading)?.release();
  });

  it('comes to a reader that waits when a writer elsewhere closes', async () => {
    const arena = stage.create();
    const reader = arena.reader();
    const peer = await stage.peer(arena.handle);
    await peer.call('write', { writer: 0, count: 2, byteLength: 100 });
    expect((await nextContent(reader)).bytes.byteLength).toBe(100);
    expect((await nextContent(reader)).bytes.byteLength).toBe(100);
    const reading = reader.read();
    await peer.call('closeWriter');
    expect(await reading).toBeNull();
  });

  it('comes to a reader elsewhere when the arena is closed here', async () => {
    const { arena, writer } = stage.pair();
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader', { from: 'next' });
    const reading = peer.call('read');
    await writer.write(makeRecord(64, { writer: 0, sequence: 0 }));
    if (!stage.transport.broadcast) {
      // Whichever of the two readers took it.
      arena.close();
      expect((await reading).length).toBeLessThanOrEqual(1);
      return;
    }
    arena.close();
    expect(await reading).toEqual([{ writer: 0, sequence: 0 }]);
  });

  it('is followed by more for a reader that comes after a new writer', async () => {
    const { arena, writer, reader } = stage.pair();
    writer.close();
    expect(await reader.read()).toBeNull();
    reader.close();
    const later = arena.writer();
    const fresh = arena.reader();
    await later.write(Uint8Array.of(1));
    expect(contentNow(fresh)?.bytes).toEqual(Uint8Array.of(1));
    expect((await rejectionOf(fresh.read({ timeoutMs: 1 }))).code).toBe('ERR_ARENA_TIMEOUT');
  });
}
