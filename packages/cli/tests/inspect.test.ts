import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';
import { afterEach, describe, expect, it } from 'vitest';
import { arena } from './arena-command.js';

const modules = {
  pool: new URL('../../transport-pool/dist/index.js', import.meta.url).href,
  ring: new URL('../../transport-ring/dist/index.js', import.meta.url).href,
};

const children: ChildProcess[] = [];
const arenas: { close(): void }[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
  for (const open of arenas.splice(0)) open.close();
});

/** A process that runs a script over the arena, and has printed its first line. */
async function startPeer(handle: string, script: string): Promise<number> {
  const text = `import { SegmentPool } from '${modules.pool}';
    import { RingBuffer } from '${modules.ring}';
    const handle = process.argv[1];
    setInterval(() => {}, 1e6);
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text, handle], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(createInterface({ input: child.stdout }), 'line');
  return child.pid as number;
}

function keep<A extends { close(): void }>(made: A): A {
  arenas.push(made);
  return made;
}

const aPool = (options = {}) =>
  keep(SegmentPool.create({ segmentSize: 65536, segmentCount: 3, ...options }));
const aRing = () => keep(RingBuffer.create({ capacity: 65536, whenFull: 'wait' }));

interface Inspected {
  readonly where: string;
  readonly stuck: boolean;
  readonly findings: { kind: string; text: string }[];
  readonly snapshot: { nonce: string; peers: { pid: number; role: string; waitingMs?: number }[] };
}

async function inspect(...args: string[]): Promise<Inspected[]> {
  const { stdout, stderr, status } = await arena('inspect', ...args, '--json');
  expect([stderr, status]).toEqual(['', 0]);
  return JSON.parse(stdout) as Inspected[];
}

/** The text of an inspection once it holds the expected text. */
async function sayingOf(target: string, wanted: RegExp): Promise<string> {
  for (;;) {
    const { stdout } = await arena('inspect', target);
    if (wanted.test(stdout)) return stdout;
  }
}

describe('arena inspect', () => {
  it('finds an arena by its handle, by its name and by a process that has it open', async () => {
    const name = `arena-cli-inspect-${process.pid}`;
    const named = aPool({ name });
    const anonymous = aRing();
    const [byHandle] = await inspect(anonymous.handle);
    const [byNamedHandle] = await inspect(named.handle);
    const [byName] = await inspect(name);
    const byProcess = await inspect(String(process.pid));
    expect(byNamedHandle?.snapshot.nonce).toBe(byName?.snapshot.nonce);
    const nonces = [byHandle, byName].map((found) => found?.snapshot.nonce);
    expect(byProcess.map(({ snapshot }) => snapshot.nonce).sort()).toEqual(nonces.sort());
    expect((await inspect()).map(({ snapshot }) => snapshot?.nonce)).toEqual(
      expect.arrayContaining(nonces),
    );
  });

  it('says that no call waits', async () => {
    const pool = aPool();
    pool.writer();
    pool.reader();
    const { stdout } = await arena('inspect', pool.handle);
    expect(stdout).toContain('pool: 3 segments of 0.1 MiB');
    expect(stdout).toContain('No call waits.');
    expect(stdout).toContain('Peers: 2');
  });

  it('reports a reader that waits for writers, and does not call it stuck', async () => {
    const ring = aRing();
    ring.writer();
    const pid = await startPeer(
      ring.handle,
      `const reading = RingBuffer.attach(handle).reader().read(); console.log('waits');`,
    );
    const text = await sayingOf(ring.handle, /1 reader waits/);
    expect(text).toContain('Calls wait, and none is stuck:');
    expect(text).toContain(`1 reader waits (process ${pid})`);
    expect(text).toContain('every committed unit was read');
  });

  it('reports a stopped reader that does not read a committed unit', async () => {
    const pool = aPool();
    const writer = pool.writer();
    const pid = await startPeer(
      pool.handle,
      `const reading = SegmentPool.attach(handle).reader().read(); console.log('waits');`,
    );
    process.kill(pid, 'SIGSTOP');
    await writer.write(new Uint8Array(65536));
    const text = await sayingOf(pool.handle, /STUCK/);
    expect(text).toMatch(
      new RegExp(`reader of process ${pid} has waited for .* although unit 0 is committed`),
    );
    expect(text).toContain('Its doorbell was rung, and its event loop has not taken the ring.');
    const late = await sayingOf(pool.handle, /should look every/);
    expect(late).toContain('process is stopped (SIGSTOP, Ctrl+Z)');
    const [inspected] = await inspect(pool.handle);
    expect(inspected?.stuck).toBe(true);
  });

  it('names the process that holds the segments for which a writer waits, and reports that it waits as well', async () => {
    const pool = aPool();
    const writer = pool.writer();
    const pid = await startPeer(
      pool.handle,
      `const kept = []; const reader = SegmentPool.attach(handle).reader();
       console.log('reads');
       for await (const lease of reader) kept.push(lease);`,
    );
    for (let unit = 0; unit < 3; unit++) await writer.write(new Uint8Array(65536));
    const acquiring = writer.acquire(65536).catch(() => {});
    const text = await sayingOf(pool.handle, /Perhaps stuck/);
    expect(text).toMatch(new RegExp(`3 are leased by process ${pid} \\(3, the oldest for `));
    expect(text).toContain('A release() may be missing there');
    const [inspected] = await inspect(pool.handle);
    expect(inspected).toMatchObject({ stuck: false });
    expect(inspected?.findings[0]?.kind).toBe('circular');
    pool.close();
    await acquiring;
  });

  it('names the open unit at which readers wait, its process and its age', async () => {
    const ring = aRing();
    const reading = ring.reader().read();
    reading.catch(() => {});
    const pid = await startPeer(
      ring.handle,
      `const unit = await RingBuffer.attach(handle).writer().acquire(100); console.log('open');
       globalThis.kept = unit;`,
    );
    const text = await sayingOf(ring.handle, /at unit 0/);
    expect(text).toMatch(
      new RegExp(`at unit 0: the writer of process ${pid} has had it open for \\d`),
    );
    expect(text).toContain('see unitTimeoutMs');
  });

  it('reports a dead process whose segments were not taken back yet', async () => {
    const pool = aPool();
    const pid = await startPeer(
      pool.handle,
      `const reader = SegmentPool.attach(handle).reader(); globalThis.kept = reader; console.log('reads');`,
    );
    const [child] = children;
    const closed = once(child as ChildProcess, 'close');
    process.kill(pid, 'SIGKILL');
    await closed;
    const { stdout } = await arena('inspect', pool.handle);
    expect(stdout).toContain(`Process ${pid}, which was a reader, is gone.`);
  });

  it.each([
    [['no-such-arena'], /no arena is named 'no-such-arena'/, 'ERR_ARENA_STALE_HANDLE'],
    [['999999999'], /there is no process 999999999/, 'ERR_ARENA_STALE_HANDLE'],
    [['arena:1:fd:x'], /malformed arena handle/, 'ERR_ARENA_HANDLE'],
    [
      [`arena:1:fd:${process.pid}:0:1:1`],
      /is gone or has closed the arena/,
      'ERR_ARENA_STALE_HANDLE',
    ],
    [['../../etc/passwd'], /no arena is named/, 'ERR_ARENA_STALE_HANDLE'],
  ])('refuses %j', async (args, message, code) => {
    const { stderr, status } = await arena('inspect', ...args);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(code);
    expect(status).toBe(1);
  });

  it('says that a process has no arena open', async () => {
    const child = spawn('sleep', ['1000']);
    children.push(child);
    await once(child, 'spawn');
    const { stdout } = await arena('inspect', String(child.pid));
    expect(stdout).toContain(`Process ${child.pid} has no arena open.`);
  });

  it('does not change the arena', async () => {
    const pool = aPool();
    const reader = pool.reader();
    const reading = reader.read();
    const peersOf = async () => (await inspect(pool.handle))[0]?.snapshot.peers.length;
    expect(await peersOf()).toBe(1);
    expect(await peersOf()).toBe(1);
    pool.writer().writeSync(new Uint8Array(8));
    (await reading)?.release();
  });
});
