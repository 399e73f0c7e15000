import { failureOf, nextContent, rejectionOf, Stage } from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { fanOutPool, pool } from './pool.js';

describe.each([pool, fanOutPool])(
  'a unit of no bytes that a writer of a $name keeps open',
  (transport) => {
    const stage = new Stage(transport);
    const envelope = Uint8Array.of(1);

    it('is named in the error of a call that waits for it', async () => {
      const { arena, writer, reader } = stage.pair();
      const peer = await stage.peer(arena.handle);
      await peer.call('leaveOpen', 0);
      await writer.write(Uint8Array.of(), { envelope });
      const failure = await rejectionOf(reader.read({ timeoutMs: 50 }));
      expect(failure.message).toMatch(new RegExp(`open in process ${peer.pid} for \\d`));
    });

    it('is ended by the others after unitTimeoutMs', async () => {
      const { arena, writer, reader } = stage.pair({ unitTimeoutMs: 50 });
      const open = await writer.acquire(0, { envelope: Uint8Array.of(9) });
      const peer = await stage.peer(arena.handle);
      await peer.call('write', { writer: 1, count: 1, byteLength: 4096 });
      expect((await nextContent(reader)).bytes.byteLength).toBe(4096);
      const failure = failureOf(() => open.commit());
      expect(failure.code).toBe('ERR_ARENA_UNIT_ENDED');
    });

    it('is published by a commit in time', async () => {
      const { writer, reader } = stage.pair({ unitTimeoutMs: 60_000 });
      const open = await writer.acquire(0, { envelope });
      open.commit();
      expect((await nextContent(reader)).envelope).toEqual(envelope);
    });

    it('does not end units with bytes, because they hold no process up', async () => {
      const { writer, reader } = stage.pair({ unitTimeoutMs: 1 });
      const open = await writer.acquire(4096);
      open.bytes.fill(7);
      await rejectionOf(reader.read({ timeoutMs: 250 }));
      open.commit();
      expect((await nextContent(reader)).bytes[0]).toBe(7);
    });
  },
);
