/** Only the user who created an arena may attach, whatever file lies at its name. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listNamedArenas, sweepStaleArenas } from '@arena/shm-core';
import { failureOf, Stage, type Transport } from '@arena/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { pathBehind } from '../hostile/parts.js';
import { printed, runConfined } from './confined.js';
import { pool, ring } from './transports.js';

/** The user `nobody`, who must be able to read this checkout for these tests. */
const stranger = { uid: 65534 };
const reachable =
  process.getuid?.() === 0 &&
  spawnSync('test', ['-r', fileURLToPath(import.meta.resolve('@arena/transport-pool'))], stranger)
    .status === 0;

/** Prints the outcome of attaching to each argument, and of opening it without arena's code. */
const intruder = `
  import { openSync } from 'node:fs';
  import { SegmentPool } from '@arena/transport-pool';
  import { sweepStaleArenas, listNamedArenas } from '@arena/shm-core';
  const [handle, path, name] = process.argv.slice(1);
  const outcome = (call) => {
    try {
      call();
      return 'done';
    } catch (error) {
      return error.code;
    }
  };
  console.log(JSON.stringify({
    uid: process.getuid(),
    byHandle: outcome(() => SegmentPool.attach(handle)),
    byName: outcome(() => SegmentPool.attach({ name })),
    byPath: [outcome(() => openSync(path, 'r')), outcome(() => openSync(path, 'r+'))],
    create: outcome(() => SegmentPool.create({ segmentSize: 4096, segmentCount: 1, name })),
    listed: listNamedArenas().some((arena) => arena.name === name),
    swept: sweepStaleArenas().includes(name),
  }));
`;

describe('a process of another user', () => {
  const stage = new Stage(pool);

  it.skipIf(!reachable)('attaches to no arena, with or without a name (needs root)', async () => {
    for (const name of [undefined, stage.name()]) {
      const arena = stage.create({ name });
      const path = pathBehind(arena.handle);
      const args = [arena.handle, path, name ?? stage.name()];
      const end = await runConfined(intruder, { ...stranger, args });
      expect(printed(end)).toEqual({
        uid: stranger.uid,
        byHandle: 'ERR_ARENA_SYSTEM',
        byName: name === undefined ? 'ERR_ARENA_STALE_HANDLE' : 'ERR_ARENA_SYSTEM',
        byPath: ['EACCES', 'EACCES'],
        create: name === undefined ? 'done' : 'ERR_ARENA_NAME_TAKEN',
        // An arena of its own, if the user could create one.
        listed: name === undefined,
        swept: false,
      });
      expect(statSync(path).size).toBeGreaterThan(4096);
      arena.close();
    }
  });
});

describe.each<Transport>([pool, ring])('$name', (transport) => {
  const stage = new Stage(transport);

  it('makes nothing that others can read, whatever the umask', () => {
    const before = process.umask(0);
    try {
      for (const name of [undefined, stage.name()]) {
        const { mode, uid } = statSync(pathBehind(stage.create({ name }).handle));
        expect([mode & 0o777, uid]).toEqual([0o600, process.getuid?.()]);
      }
    } finally {
      process.umask(before);
    }
  });
});

describe('in the place of a name', () => {
  const stage = new Stage(pool);
  const planted: string[] = [];
  afterEach(() => {
    for (const path of planted.splice(0)) rmSync(path, { recursive: true });
  });

  const place = (name: string) => {
    const path = `/dev/shm/arena-${name}`;
    planted.push(path);
    return path;
  };

  /** Creating and attaching by the name fail, and a sweep does not take the file for an abandoned arena. */
  function expectRefused(name: string): void {
    expect(failureOf(() => stage.create({ name })).code).toBe('ERR_ARENA_NAME_TAKEN');
    expect(failureOf(() => stage.attach({ name })).code).toBe('ERR_ARENA_SYSTEM');
    expect(sweepStaleArenas()).not.toContain(name);
  }

  it('a link is neither followed nor removed', () => {
    const [name, target] = [stage.name(), `/dev/shm/${stage.name()}-target`];
    planted.push(target);
    writeFileSync(target, 'not yours', { mode: 0o600 });
    for (const to of [target, '/dev/shm/nothing-there']) {
      const path = place(name);
      symlinkSync(to, path);
      expectRefused(name);
      expect([readlinkSync(path), readFileSync(target, 'utf8')]).toEqual([to, 'not yours']);
      rmSync(path);
      planted.pop();
    }
  });

  it('a link to an arena of this user is not followed either', () => {
    const [real, name] = [stage.name(), stage.name()];
    stage.create({ name: real });
    symlinkSync(`/dev/shm/arena-${real}`, place(name));
    expectRefused(name);
  });

  it('a folder is refused and stays', () => {
    const name = stage.name();
    mkdirSync(place(name));
    expectRefused(name);
  });

  it('a pipe is refused without waiting for its other end', () => {
    const name = stage.name();
    execFileSync('mkfifo', ['-m', '600', place(name)]);
    expectRefused(name);
  });

  it('a file that others may read is refused and stays as it is', () => {
    const name = stage.name();
    const path = place(name);
    writeFileSync(path, 'x'.repeat(8192));
    chmodSync(path, 0o644);
    expectRefused(name);
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(8192));
  });

  it('a file of this user that is no arena is neither used nor removed', () => {
    const name = stage.name();
    const path = place(name);
    writeFileSync(path, 'x'.repeat(8192), { mode: 0o600 });
    expect(failureOf(() => stage.attach({ name })).code).toBe('ERR_ARENA_INCOMPATIBLE');
    expect(failureOf(() => stage.create({ name })).message).toContain(`${path} is no arena`);
    expect(sweepStaleArenas()).not.toContain(name);
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(8192));
  });

  it.skipIf(!reachable)('a file of another user is refused and stays (needs root)', () => {
    const name = stage.name();
    const path = place(name);
    execFileSync('sh', ['-c', 'umask 077; printf squatted > "$0"', path], stranger);
    expectRefused(name);
    const { uid, size } = lstatSync(path);
    expect([uid, size]).toEqual([stranger.uid, 'squatted'.length]);
  });
});

describe('a program that another thread starts meanwhile', () => {
  it('inherits nothing of an arena', async () => {
    const end = await runConfined(startsWhileOthersAttach, { args: ['200'] });
    expect(printed(end)).toEqual({ started: 200, inherited: [] });
  });
});

/**
 * Starts programs that print their descriptors while two threads create, attach and close arenas. Prints
 * the descriptors that these programs have in addition to those of a program that was started before.
 */
const startsWhileOthersAttach = `
  import { spawnSync } from 'node:child_process';
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  const text = \`
    import { parentPort, workerData } from 'node:worker_threads';
    const { SegmentPool } = await import(workerData.module);
    parentPort.postMessage('ready');
    for (let round = 0; ; round++) {
      const name = round % 2 ? undefined : workerData.name;
      const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2, name });
      const other = SegmentPool.attach(name === undefined ? pool.handle : { name });
      other.writer().writeSync(new Uint8Array(10));
      pool.reader({ from: 'oldest' }).tryRead()?.release();
      other.close();
      pool.close();
      await new Promise(setImmediate);
    }
  \`;
  const descriptors = () => {
    const { stdout } = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
    const found = stdout.split('\\n').flatMap((line) => /\\d+ -> .*/.exec(line)?.[0] ?? []);
    // Each program has pipes as standard streams, and the folder that it lists.
    return found.filter((descriptor) => !/^[012] |\\/proc\\/\\d+\\/fd$/.test(descriptor));
  };
  const before = descriptors();
  const module = import.meta.resolve('@arena/transport-pool');
  for (const thread of [1, 2]) {
    const name = 'test-' + process.pid + '-' + thread;
    await once(new Worker(text, { eval: true, workerData: { module, name } }), 'message');
  }
  const inherited = [];
  let started = 0;
  for (; started < Number(process.argv[1]); started++) {
    inherited.push(...descriptors().filter((descriptor) => !before.includes(descriptor)));
  }
  console.log(JSON.stringify({ started, inherited }));
  process.exit();
`;

describe('a lock that a stranger holds on the file of a named arena', () => {
  const stage = new Stage(pool);

  it('prevents no process from attaching, closing and listing', async () => {
    const name = stage.name();
    const arena = stage.create({ name });
    const stranger = spawn(
      'flock',
      [`/dev/shm/arena-${name}`, 'sh', '-c', 'echo locked; read line'],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    await once(stranger.stdout, 'data');
    const attached = stage.attach({ name });
    expect(failureOf(() => stage.create({ name })).code).toBe('ERR_ARENA_NAME_TAKEN');
    expect(listNamedArenas()).toContainEqual(expect.objectContaining({ name, attached: true }));
    expect(sweepStaleArenas()).not.toContain(name);
    attached.close();
    arena.close();
    expect(listNamedArenas()).not.toContainEqual(expect.objectContaining({ name }));
    stranger.stdin.end('\n');
    await once(stranger, 'exit');
  });
});
