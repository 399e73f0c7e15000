import type { Arena, PeerLost } from '@arena/shm-core';
import { fillRecord, Stage, sleep, type Transport, until } from '@arena/testkit';
import { describe, expect, it } from 'vitest';
import { permits, printed, runConfined } from './confined.js';
import { fanOutPool, pool, ring } from './transports.js';

const unitBytes = 8192;
const transports: Transport[] = [pool, fanOutPool, ring];

/** A process is stopped for this long. `ARENA_STOP_SECONDS=60` makes it a minute. */
const stopSeconds = Number(process.env.ARENA_STOP_SECONDS ?? 2);

function lossesOf(arena: Arena): PeerLost[] {
  const lost: PeerLost[] = [];
  arena.on('peer-lost', (peer) => lost.push(peer));
  return lost;
}

describe.each(transports)('$name', (transport) => {
  const stage = new Stage(transport);

  it(
    `a process that is stopped for ${stopSeconds} s is alive, keeps what it holds, and goes on`,
    async () => {
      const { arena, writer, reader } = stage.pair({ unitBytes, units: 6 }, { from: 'oldest' });
      const lost = lossesOf(arena);
      const peer = await stage.peer(arena.handle);
      await peer.call('openReader', { from: 'oldest' });
      for (let sequence = 0; sequence < 2; sequence++) {
        const unit = await writer.acquire(unitBytes);
        fillRecord(unit.bytes, { writer: 9, sequence });
        unit.commit();
      }
      await peer.call('lease', transport.broadcast ? 2 : 1);
      await peer.call('leaveOpen', 100);
      process.kill(peer.pid ?? 0, 'SIGSTOP');
      const reading = (async () => {
        const seen = [];
        for await (const lease of reader) {
          seen.push(lease.bytes.byteLength);
          lease.release();
        }
        return seen;
      })();
      await sleep(stopSeconds * 1000);
      expect(lost).toEqual([]);
      process.kill(peer.pid ?? 0, 'SIGCONT');
      const [first] = await peer.call('leased');
      expect(first).toEqual({ writer: 9, sequence: 0 });
      await peer.call('commitOpen');
      await peer.call('closeWriter');
      writer.close();
      expect(await reading).toEqual(transport.broadcast ? [8192, 8192, 100] : [8192, 100]);
      await peer.call('releaseAll');
      expect(lost).toEqual([]);
    },
    60_000 + stopSeconds * 1000,
  );

  it('the death of 256 writers and readers at once is told for each of them, to every process', async () => {
    const arena = stage.keep(
      transport.arenaClass.create({ ...stage.options({ unitBytes }), maxPeers: 256 }),
    );
    const told = [arena, stage.attach(arena.handle)].map(lossesOf);
    const script = stage.script(
      `const arena = Arena.attach(process.argv[1]);
      const peers = Array.from({ length: 128 }, () => [arena.writer(), arena.reader()]);
      console.log(peers.length);
      setInterval(() => {}, 1000);`,
      { args: [arena.handle] },
    );
    await script.line();
    await script.kill();
    await until(() => told.every((losses) => losses.length >= 256));
    // Long enough for a loss to be told twice.
    await sleep(300);
    for (const losses of told) {
      expect(losses.filter(({ role }) => role === 'writer')).toHaveLength(128);
      expect(losses.filter(({ role }) => role === 'reader')).toHaveLength(128);
    }
  });

  it('a write that waits goes on or ends when the last reader dies', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader', { from: 'oldest' });
    const writer = arena.writer();
    while (writer.tryWrite(new Uint8Array(unitBytes)));
    const waiting = writer.write(new Uint8Array(unitBytes)).then(
      () => 'written',
      (error: { code: string }) => error.code,
    );
    await peer.kill();
    // In a pool the unit waits for another reader. In a broadcast no reader needs the unit any more.
    expect(await waiting).toBe(transport.broadcast ? 'written' : 'ERR_ARENA_PEER_LOST');
    expect(arena.stats().readers).toBe(0);
  });

  it('a blocking write hears of the death of the last reader', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const peer = await stage.peer(arena.handle);
    await peer.call('openReader', { from: 'oldest' });
    const writer = arena.writer();
    while (writer.tryWrite(new Uint8Array(unitBytes)));
    const killing = stage.script(`setTimeout(() => process.kill(${peer.pid}, 'SIGKILL'), 300)`);
    const blocking = () => writer.writeSync(new Uint8Array(unitBytes));
    if (transport.broadcast) blocking();
    else expect(blocking).toThrow(expect.objectContaining({ code: 'ERR_ARENA_PEER_LOST' }));
    await killing.end;
  });

  it('a blocking read hears of the death of the last writer', async () => {
    const arena = stage.create({ unitBytes, units: 2 });
    const lost = lossesOf(arena);
    const peer = await stage.peer(arena.handle);
    await peer.call('leaveOpen', unitBytes);
    const reader = arena.reader();
    const killing = stage.script(`setTimeout(() => process.kill(${peer.pid}, 'SIGKILL'), 300)`);
    expect(() => reader.readSync()).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_PEER_LOST' }),
    );
    await killing.end;
    await until(() => lost.length > 0);
    expect(lost).toEqual([
      { pid: peer.pid, role: 'writer', reclaimedUnits: 1, reclaimedLeases: 0 },
    ]);
  });
});

/** A new pid namespace, in which the next pid can be chosen. */
const namespace = { by: ['unshare', '--pid', '--fork', '--mount-proc'] };

describe('a pid that is used again', () => {
  it.skipIf(!permits(namespace))('is not taken for the process that had it before', async () => {
    const end = await runConfined(reusedPid, namespace);
    expect(printed(end)).toEqual({
      samePid: true,
      read: 10,
      ended: 'ERR_ARENA_PEER_LOST',
      lostBefore: ['writer'],
      writersOfSuccessor: 1,
      lostAfter: ['writer', 'writer'],
    });
  });
});

/**
 * Kills a writer while no process watches it, starts another process with its pid, and looks at the peers.
 * Then a writer with that pid joins.
 */
const reusedPid = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { writeFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { SegmentPool } from '@arena/transport-pool';

  const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2 });
  const text = \`
    import { SegmentPool } from '@arena/transport-pool';
    const pool = SegmentPool.attach(process.argv[1]);
    const writer = pool.writer();
    writer.writeSync(new Uint8Array(10));
    const unit = writer.tryAcquire(4096);
    console.log('ready');
    setInterval(() => {}, 1000);
  \`;
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', text, pool.handle]);
    await once(child.stdout, 'data');
    return child;
  };
  const kill = async (child) => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const nextPidIs = (pid) => writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));

  const first = await start();
  await kill(first);
  nextPidIs(first.pid);
  const second = spawn('sleep', ['60']);
  const losses = [];
  pool.on('peer-lost', ({ role }) => losses.push(role));
  const reader = pool.reader();
  const lease = await reader.read();
  const read = lease.bytes.length;
  lease.release();
  const ended = await reader.read().catch((error) => error.code);
  await sleep(10);
  const lostBefore = [...losses];

  await kill(second);
  nextPidIs(first.pid);
  const third = await start();
  await sleep(250);
  const writersOfSuccessor = pool.stats().writers;
  await kill(third);
  while (losses.length < 2) await sleep(10);
  const samePid = second.pid === first.pid && third.pid === first.pid;
  console.log(JSON.stringify({ samePid, read, ended, lostBefore, writersOfSuccessor, lostAfter: losses }));
  process.exit();
`;
