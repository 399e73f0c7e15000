import { describe, expect, it } from 'vitest';
import { failureOf, isSettled, rejectionOf } from '../outcome.js';
import { makeRecord } from '../sequence.js';
import type { Stage } from '../stage.js';
import { nextContent } from '../take.js';

/** Programs as a newcomer writes them: see ../programs. */
const fanIns = [
  ['as processes that get the handle as an argument', 'fan-in-fork'],
  ['as cluster workers that have it in their environment and exit at once', 'fan-in-cluster'],
  ['as processes that get it by a message', 'fan-in-messages'],
  ['as threads', 'fan-in-threads'],
] as const;

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

  it('comes after all committed units, and without open ones', async () => {
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
      // Either of the two readers took it.
      arena.close();
      expect((await reading).length).toBeLessThanOrEqual(1);
      return;
    }
    arena.close();
    expect(await reading).toEqual([{ writer: 0, sequence: 0 }]);
  });

  it('is final: a writer that comes later is refused, here and elsewhere', async () => {
    const { arena, writer, reader } = stage.pair();
    writer.close();
    expect(await reader.read()).toBeNull();
    expect(failureOf(() => arena.writer()).code).toBe('ERR_ARENA_ENDED');
    const peer = await stage.peer(arena.handle);
    expect((await rejectionOf(peer.call('openWriter'))).code).toBe('ERR_ARENA_ENDED');
    expect(arena.stats().writers).toBe(0);
    const fresh = arena.reader();
    expect(await fresh.read()).toBeNull();
  });

  it('tells the process whose stream has ended that writers were refused', async () => {
    const script = stage.script(`
      const arena = Arena.create(${JSON.stringify(stage.options())});
      arena.writer().close();
      console.log(arena.reader().readSync());
      try { arena.writer(); } catch (error) { console.log(error.code); }
      arena.close();`);
    const { stdout, stderr } = await script.end;
    expect(stdout).toBe('null\nERR_ARENA_ENDED\n');
    expect(stderr).toContain('ARENA_WRITERS_REFUSED');
  });

  it('comes once all expected writers have come and left, however far apart', async () => {
    const arena = stage.create({ writers: 3 });
    const reader = arena.reader();
    for (let writer = 0; writer < 3; writer++) {
      const reading = reader.read();
      expect(await isSettled(reading)).toBe(false);
      const endpoint = arena.writer();
      await endpoint.write(Uint8Array.of(writer));
      (await reading)?.release();
      endpoint.close();
    }
    expect(await reader.read()).toBeNull();
  });

  it('does not come to an endless reader, which reads on when the next writer comes', async () => {
    const { arena, writer, reader } = stage.pair({}, { endless: true });
    writer.close();
    const reading = reader.read();
    expect(await isSettled(reading)).toBe(false);
    await arena.writer().write(Uint8Array.of(1));
    expect((await reading)?.bytes).toEqual(Uint8Array.of(1));
    (await reading)?.release();
  });

  it('comes by a declaration alone where any number of writers may come', async () => {
    const arena = stage.create({ writers: Number.POSITIVE_INFINITY });
    const reader = arena.reader();
    for (let writer = 0; writer < 3; writer++) arena.writer().close();
    const reading = reader.read();
    expect(await isSettled(reading)).toBe(false);
    arena.end();
    expect(await reading).toBeNull();
  });

  it('comes when it was declared and the writers that are there have closed', async () => {
    const { arena, writer, reader } = stage.pair({ writers: 5 });
    const peer = await stage.peer(arena.handle);
    arena.end();
    expect((await rejectionOf(peer.call('openWriter'))).code).toBe('ERR_ARENA_ENDED');
    await writer.write(Uint8Array.of(1));
    writer.close();
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
    expect(await reader.read()).toBeNull();
  });

  it('comes to a reader that waits when it is declared elsewhere', async () => {
    const arena = stage.create();
    const reading = arena.reader().read();
    const peer = await stage.peer(arena.handle);
    await peer.call('endStream');
    expect(await reading).toBeNull();
  });

  describe.each(fanIns)('of three writers whose number is not known, %s', (_, program) => {
    it('comes after all that they write', async () => {
      const { end } = stage.program(program, { units: 64 });
      expect(await end).toMatchObject({ code: 0, stdout: '60 units\n', stderr: '' });
    });
  });

  it('is a loss once all of three writers have exited without closing, and no unit is missing', async () => {
    const { end } = stage.program('fan-in-unclosed', { units: 64 });
    const stdout = '60 units, ERR_ARENA_PEER_LOST\n';
    expect(await end).toMatchObject({ code: 0, stdout, stderr: '' });
  });
}
