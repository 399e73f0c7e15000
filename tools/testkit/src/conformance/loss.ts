import type { Arena, PeerLost } from '@arena/shm-core';
import { describe, expect, it } from 'vitest';
import { sleep, until } from '../left-behind.js';
import { isSettled, rejectionOf } from '../outcome.js';
import { fillRecord, type RecordId, readRecord, SequenceVerifier } from '../sequence.js';
import type { EndpointPeer, Stage } from '../stage.js';
import { nextContent, nextLease } from '../take.js';

const unitBytes = 8192;

/** The ways in which a process ends without closing anything. */
const endings: [string, (peer: EndpointPeer) => Promise<unknown>][] = [
  ['SIGKILL', (peer) => peer.kill('SIGKILL')],
  ['SIGTERM', (peer) => peer.kill('SIGTERM')],
  ['process.exit()', (peer) => peer.callLast('exit', 0)],
  ['an uncaught error', (peer) => peer.callLast('throwUncaught')],
];

export function describeLoss(stage: Stage): void {
  describe.each(endings)('by %s of a process', (_, end) => {
    it('that writes, loses its open unit and nothing that it committed', async () => {
      const arena = stage.create({ unitBytes });
      const reader = arena.reader();
      const lost = lossesOf(arena);
      const peer = await stage.peer(arena.handle);
      await peer.call('write', { writer: 1, count: 2, byteLength: 5000 });
      await peer.call('leaveOpen', unitBytes);
      await end(peer);
      expect(readRecord((await nextContent(reader)).bytes)).toEqual({ writer: 1, sequence: 0 });
      expect(readRecord((await nextContent(reader)).bytes)).toEqual({ writer: 1, sequence: 1 });
      expect((await rejectionOf(reader.read())).code).toBe('ERR_ARENA_PEER_LOST');
      await until(() => lost.length > 0);
      expect(lost).toEqual([
        { pid: peer.pid, role: 'writer', reclaimedUnits: 1, reclaimedLeases: 0 },
      ]);
    });

    it('that reads, gives back its leases and units', async () => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
      const lost = lossesOf(arena);
      const peer = await stage.peer(arena.handle);
      await peer.call('openReader', { from: 'oldest' });
      reader.close();
      for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(unitBytes));
      await peer.call('lease', 2);
      const survivor = arena.reader({ from: 'next' });
      await end(peer);
      for (let unit = 0; unit < 2; unit++) await writer.write(new Uint8Array(unitBytes));
      for (let unit = 0; unit < 2; unit++) await nextContent(survivor);
      await until(() => lost.length > 0);
      expect(lost).toEqual([
        {
          pid: peer.pid,
          role: 'reader',
          reclaimedUnits: 0,
          reclaimedLeases: stage.transport.zeroCopy ? 2 : 0,
        },
      ]);
      expect(arena.stats()).toMatchObject({ leasesOut: 0, readers: 1 });
    });
  });

  it('of one writer among several ends no stream', async () => {
    const { arena, writer, reader } = stage.pair();
    const peer = await stage.peer(arena.handle);
    await peer.call('leaveOpen', 100);
    const reading = reader.read();
    await peer.kill();
    expect(await isSettled(reading)).toBe(false);
    await writer.write(Uint8Array.of(1));
    const lease = await reading;
    expect(lease?.bytes).toEqual(Uint8Array.of(1));
    lease?.release();
    writer.close();
    expect(await reader.read()).toBeNull();
  });

  it('of a writer that waits for space costs nothing', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const reader = arena.reader();
    const peer = await stage.peer(arena.handle);
    const writing = peer.call('writeSync', { writer: 0, count: 3, byteLength: unitBytes });
    await until(() => arena.stats().writtenUnits === 2);
    expect(await isSettled(writing)).toBe(false);
    await Promise.all([rejectionOf(writing), peer.kill()]);
    expect(readRecord((await nextContent(reader)).bytes).sequence).toBe(0);
    expect(readRecord((await nextContent(reader)).bytes).sequence).toBe(1);
    expect((await rejectionOf(reader.read())).code).toBe('ERR_ARENA_PEER_LOST');
  });

  it('of a reader that blocks costs nothing', async () => {
    const { arena, writer, reader } = stage.pair();
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader');
    const reading = peer.call('readSync');
    expect(await isSettled(reading)).toBe(false);
    await Promise.all([rejectionOf(reading), peer.kill()]);
    await writer.write(Uint8Array.of(1));
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
  });

  it('of the process that created the arena leaves it to the others', async () => {
    const creator = await stage.peer();
    const handle = await creator.call('create', stage.options({ unitBytes }));
    const here = stage.attach(handle);
    const there = await stage.peer(handle);
    await creator.kill();
    const reader = here.reader();
    await there.call('write', { writer: 0, count: 3, byteLength: 100 });
    await there.call('closeWriter');
    const verifier = new SequenceVerifier();
    for await (const lease of reader) {
      verifier.add(readRecord(lease.bytes));
      lease.release();
    }
    expect(verifier.counts.get(0)).toBe(3);
  });

  it('is told to an arena in which no call waits', async () => {
    const arena = stage.create();
    const lost = lossesOf(arena);
    const peers = [await stage.peer(arena.handle), await stage.peer(arena.handle)];
    for (const peer of peers) await peer.call('openWriter');
    for (const peer of peers) await peer.kill();
    await until(() => lost.length === 2);
    expect(lost.map(({ pid }) => pid).sort()).toEqual(peers.map(({ pid }) => pid).sort());
    await sleep(50);
    expect(lost.length).toBe(2);
  });

  it('is found out by a writer that only ever tries', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 2 });
    reader.close();
    const peer = await stage.peer(arena.handle);
    for (let unit = 0; unit < 2; unit++) await peer.call('leaveOpen', unitBytes);
    expect(writer.tryAcquire(unitBytes)).toBeNull();
    await peer.kill();
    await until(() => {
      const unit = writer.tryAcquire(unitBytes);
      unit?.abort();
      return unit !== null;
    });
  });

  it('is not told of a stopped process', async () => {
    const arena = stage.create({ unitBytes });
    const reader = arena.reader();
    const lost = lossesOf(arena);
    const peer = await stage.peer(arena.handle);
    await peer.call('leaveOpen', 100);
    process.kill(peer.pid ?? 0, 'SIGSTOP');
    const reading = reader.read();
    await sleep(350);
    expect(await isSettled(reading)).toBe(false);
    expect(lost).toEqual([]);
    process.kill(peer.pid ?? 0, 'SIGCONT');
    await peer.call('commitOpen');
    const lease = await reading;
    expect(lease?.bytes.byteLength).toBe(100);
    lease?.release();
  });

  it('of writers in full swing tears nothing, however often', async () => {
    const arena = stage.create({ unitBytes, units: 4 });
    const reader = arena.reader();
    // This writer stays, so that the stream goes on.
    const writer = arena.writer();
    const verifier = new SequenceVerifier();
    for (let round = 0; round < 6; round++) {
      const peer = await stage.peer(arena.handle);
      const writing = peer.call('write', { writer: round, count: 1e6, byteLength: 6000 });
      const ended = rejectionOf(writing);
      let swinging = false;
      let killed = false;
      const kill = async () => {
        await sleep(20 + round * 7);
        await peer.kill();
        killed = true;
      };
      while (!killed || arena.stats().inFlight > 0) {
        const lease = await reader.read({ timeoutMs: 20 }).catch(() => null);
        if (lease === null) continue;
        verifier.add(readRecord(lease.bytes));
        lease.release();
        if (!swinging) void kill();
        swinging = true;
      }
      await ended;
    }
    expect(verifier.counts.size).toBe(6);
    await until(() => arena.stats().writers === 1);
    expect(arena.stats()).toMatchObject({ inFlight: 0, leasesOut: 0 });
    const unit = await writer.acquire(unitBytes);
    unit.abort();
  });

  it('of readers in full swing loses nothing that they had not taken', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 4 });
    const seen: RecordId[] = [];
    let sequence = 0;
    const survive = async () => {
      for await (const lease of reader) {
        seen.push(readRecord(lease.bytes));
        lease.release();
      }
    };
    const surviving = survive();
    for (let round = 0; round < 5; round++) {
      const peer = await stage.peer(arena.handle);
      await peer.call('openReader');
      const ended = rejectionOf(peer.call('read'));
      const killing = sleep(20 + round * 7).then(() => peer.kill());
      let killed = false;
      void killing.then(() => {
        killed = true;
      });
      while (!killed) {
        const unit = await writer.acquire(6000);
        fillRecord(unit.bytes, { writer: 0, sequence: sequence++ });
        unit.commit();
        // The loop of the other reader runs in the same event loop.
        if (sequence % 32 === 0) await sleep(0);
      }
      await ended;
    }
    writer.close();
    await surviving;
    const verifier = new SequenceVerifier({ gaps: !stage.transport.broadcast }).addAll(seen);
    expect((verifier.counts.get(0) ?? 0) <= sequence).toBe(true);
    if (stage.transport.broadcast) expect(verifier.counts.get(0)).toBe(sequence);
    await until(() => arena.stats().readers === 1);
    expect(arena.stats()).toMatchObject({ inFlight: 0, leasesOut: 0 });
  });

  it('happens to many processes at once without harm', async () => {
    const { arena, writer, reader } = stage.pair({ unitBytes, units: 8 });
    const lost = lossesOf(arena);
    const peers = await Promise.all([1, 2, 3].map(() => stage.peer(arena.handle)));
    await Promise.all(peers.map((peer) => peer.call('leaveOpen', unitBytes)));
    await Promise.all(peers.map((peer) => peer.kill()));
    await until(() => lost.length === 3);
    expect(arena.stats()).toMatchObject({ writers: 1, inFlight: 0 });
    expect(reader.tryRead()).toBeNull();
    for (let unit = 0; unit < 8; unit++) await writer.write(new Uint8Array(unitBytes));
    for (let unit = 0; unit < 8; unit++) (await nextLease(reader)).release();
  });
}

/** A list to which every loss of the arena is added. */
function lossesOf(arena: Arena): PeerLost[] {
  const lost: PeerLost[] = [];
  arena.on('peer-lost', (peer) => lost.push(peer));
  return lost;
}
