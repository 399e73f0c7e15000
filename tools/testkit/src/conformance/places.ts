import { describe, expect, it } from 'vitest';
import { descriptors } from '../left-behind.js';
import { isSettled, rejectionOf } from '../outcome.js';
import {
  makeRecord,
  type RecordId,
  readRecord,
  SequenceVerifier,
  verifyShared,
} from '../sequence.js';
import type { EndpointPeer, PeerPlace, Stage } from '../stage.js';
import { nextContent } from '../take.js';

const places: PeerPlace[] = ['process', 'thread'];
const unitBytes = 8192;

/** The ways in which a thread ends without closing anything. */
const threadEndings: ((peer: EndpointPeer) => Promise<unknown>)[] = [
  (peer) => peer.end(),
  (peer) => peer.kill(),
  (peer) => peer.callLast('exit', 0),
  (peer) => peer.callLast('throwUncaught'),
];

export function describePlaces(stage: Stage): void {
  describe.each(places)('another %s', (place) => {
    it('writes units that this one reads', async () => {
      const arena = stage.create({ unitBytes });
      const reader = arena.reader();
      const peer = await stage.peer(arena.handle, { place });
      const writing = peer.call('write', { writer: 1, count: 300, byteLength: 5000 });
      const verifier = new SequenceVerifier();
      for (let read = 0; read < 300; read++)
        verifier.add(readRecord((await nextContent(reader)).bytes));
      await writing;
      await peer.call('closeWriter');
      expect(await reader.read()).toBeNull();
    });

    it('reads units that this one writes', async () => {
      const arena = stage.create({ unitBytes });
      const writer = arena.writer();
      const peer = await stage.peer(arena.handle, { place });
      await peer.call('openReader');
      const reading = peer.call('read');
      await writeRecords(writer, 300);
      writer.close();
      const seen = await reading;
      expect(new SequenceVerifier().addAll(seen).counts.get(0)).toBe(300);
    });

    it('shares the stream with others, with several writers and readers at once', async () => {
      const arena = stage.create({ unitBytes, units: 6 });
      const readers = await Promise.all([1, 2].map(() => stage.peer(arena.handle, { place })));
      const writers = await Promise.all([1, 2, 3].map(() => stage.peer(arena.handle, { place })));
      await Promise.all(readers.map((peer) => peer.call('openReader')));
      await Promise.all(writers.map((peer) => peer.call('openWriter')));
      const reading = Promise.all(readers.map((peer) => peer.call('read')));
      await Promise.all(
        writers.map(async (peer, writer) => {
          await peer.call('write', { writer, count: 200, byteLength: 3000 });
          await peer.call('writeSync', { writer, first: 200, count: 100, byteLength: 100 });
          await peer.call('closeWriter');
        }),
      );
      const counts = countsSeen(stage.transport.broadcast, await reading);
      for (const count of counts) expect(count).toEqual([300, 300, 300]);
    });
  });

  it('lets threads write and read beside the main one, all at once', async () => {
    const arena = stage.create({ unitBytes, units: 4 });
    const reader = arena.reader();
    const threads = await Promise.all(
      [0, 1, 2, 3].map(() => stage.peer(arena.handle, { place: 'thread' })),
    );
    const writing = threads.map((peer, writer) =>
      peer.call('writeSync', { writer, count: 50, byteLength: 2000 }),
    );
    const seen: RecordId[] = [];
    for (let read = 0; read < 200; read++) seen.push(readRecord((await nextContent(reader)).bytes));
    await Promise.all(writing);
    expect([...new SequenceVerifier().addAll(seen).counts.values()]).toEqual([50, 50, 50, 50]);
  });

  it('survives 50 threads that come, write and end in every way, one after another', async () => {
    const arena = stage.create({ maxPeers: 4 });
    const reader = arena.reader();
    const writer = arena.writer();
    let open = 0;
    for (let round = 0; round < 50; round++) {
      const peer = await stage.peer(arena.handle, { place: 'thread' });
      await peer.call('write', { writer: round, count: 1, byteLength: 100 });
      await peer.call('leaveOpen', 64);
      expect(readRecord((await nextContent(reader)).bytes).writer).toBe(round);
      await threadEndings[round % threadEndings.length]?.(peer);
      if (round === threadEndings.length) open = descriptors().length;
    }
    expect(descriptors().length).toBeLessThanOrEqual(open);
    expect(arena.stats()).toMatchObject({ writers: 1, writtenUnits: 50, readUnits: 50 });
    await writer.write(new Uint8Array(64));
    await nextContent(reader);
  });

  it.each<[string, (peer: EndpointPeer) => Promise<unknown>]>([
    ['a read', (peer) => peer.call('readSync')],
    ['a write', (peer) => peer.call('writeSync', { writer: 0, count: 5, byteLength: unitBytes })],
  ])('lets a thread be terminated that blocks in %s', async (_, call) => {
    const arena = stage.create({ unitBytes, units: 2 });
    // Before the first reader a ring keeps all units, and its writers wait.
    const peer = await stage.peer(arena.handle, { place: 'thread' });
    const blocked = rejectionOf(call(peer));
    expect(await isSettled(blocked)).toBe(false);
    await peer.kill();
    await blocked;
    expect(arena.stats()).toMatchObject({ writers: 0, readers: 0 });
  });

  it.each([
    ['process.exit()', 'process.exit(7);', 7, ''],
    ['an uncaught error', 'throw new Error("on purpose");', 1, 'on purpose'],
  ])('lets a process end by %s while its thread blocks', async (_, ending, code, said) => {
    const arena = stage.create();
    const thread = `import { parentPort } from 'node:worker_threads';
      const { ${stage.transport.arenaClass.name}: Arena } = await import('${stage.transport.module}');
      const reader = Arena.attach('${arena.handle}').reader();
      parentPort.postMessage('blocks');
      reader.readSync();`;
    const script = stage.script(
      `import { Worker } from 'node:worker_threads';
      const thread = new Worker(new URL('data:text/javascript,' + process.argv[1]));
      thread.once('message', () => setTimeout(() => { ${ending} }, 50));`,
      { args: [encodeURIComponent(thread)] },
    );
    const end = await script.end;
    expect(end.code).toBe(code);
    expect(end.stderr).toContain(said);
  });

  it('takes back the leases and units of a terminated thread', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    const peer = await stage.peer(arena.handle, { place: 'thread' });
    await peer.call('openReader', { from: 'oldest' });
    reader.close();
    await writeRecords(writer, 1);
    await peer.call('lease', 1);
    await peer.call('leaveOpen', unitBytes);
    await peer.kill();
    for (let unit = 0; unit < 2; unit++) (await writer.acquire(unitBytes)).abort();
    expect(arena.stats()).toMatchObject({ leasesOut: 0, readers: 0, writers: 1 });
  });
}

async function writeRecords(
  writer: { write(bytes: Uint8Array): Promise<void> },
  count: number,
): Promise<void> {
  for (let sequence = 0; sequence < count; sequence++) {
    await writer.write(makeRecord(5000, { writer: 0, sequence }));
  }
}

/** Number of records of each of three writers that the readers saw: each reader, or all together. */
function countsSeen(broadcast: boolean, seen: RecordId[][]): number[][] {
  const counts = broadcast
    ? seen.map((ids) => new SequenceVerifier().addAll(ids).counts)
    : [verifyShared(seen)];
  return counts.map((byWriter) => [0, 1, 2].map((writer) => byWriter.get(writer) ?? 0));
}
