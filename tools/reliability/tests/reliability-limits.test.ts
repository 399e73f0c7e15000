import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { type Confinement, permits, printed, runConfined } from './confined.js';

const mib = 2 ** 20;

/** The outcome of an attempt: `made`, or the error. */
interface Attempt {
  readonly outcome: string;
  readonly message?: string;
}

/**
 * Tries to create arenas of `sizes` MiB, and to fill each to its last byte. Closes each before the next.
 */
const attempts = `
  import { SegmentPool } from '@arena/transport-pool';
  import { RingBuffer } from '@arena/transport-ring';
  import { existsSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  const { sizes, name } = JSON.parse(process.argv[1]);
  const fill = (arena) => {
    const writer = arena.writer();
    const units = Array.from({ length: arena.segmentCount ?? 1 }, () => writer.tryAcquire(arena.maxUnitBytes));
    for (const unit of units) unit.bytes.fill(1);
    arena.close();
  };
  const attempt = async (make) => {
    try {
      fill(make());
      // The memory of open units is freed with their buffers, after a turn of the event loop.
      await sleep(50);
      return { outcome: 'made' };
    } catch ({ code, message }) {
      return { outcome: code, message };
    }
  };
  const made = [];
  for (const size of sizes) {
    const segmentSize = Math.min(size * 2 ** 18, 2 ** 30);
    const segmentCount = (size * 2 ** 20) / segmentSize;
    made.push(await attempt(() => SegmentPool.create({ segmentSize, segmentCount, name })));
    made.push(await attempt(() => RingBuffer.create({ capacity: size * 2 ** 20, name })));
  }
  console.log(JSON.stringify({ made, left: existsSync('/dev/shm/arena-' + name) }));
`;

async function attempted(by: Confinement['by'], sizes: number[], name?: string) {
  const end = await runConfined(attempts, { by, args: [JSON.stringify({ sizes, name })] });
  const { made, left } = printed<{ made: Attempt[]; left: boolean }>(end);
  expect(left).toBe(false);
  return made;
}

/** Checks that the error names the needed bytes, and fewer free bytes. */
function expectRefusal({ outcome, message }: Attempt | undefined = { outcome: 'none' }, size = 0) {
  expect(outcome).toBe('ERR_ARENA_OUT_OF_MEMORY');
  const [, need, free] = /need (\d+) bytes, (\d+) free/.exec(message ?? '') ?? [];
  expect(Number(need)).toBeGreaterThanOrEqual(size);
  expect(Number(free)).toBeLessThan(Number(need));
}

const expectMade = (made: (Attempt | undefined)[]) =>
  expect(made).toEqual(made.map(() => ({ outcome: 'made' })));

describe('a /dev/shm of 64 MB', () => {
  const mount = 'mount -t tmpfs -o size=64m tmpfs /dev/shm && exec "$@"';
  const by = ['unshare', '--mount', 'sh', '-c', mount, 'sh'];

  it.skipIf(!permits({ by }))(
    'refuses a named arena that it cannot hold, and holds others',
    async () => {
      const made = await attempted(by, [128, 32], `limits-${process.pid}`);
      for (const refused of made.slice(0, 2)) expectRefusal(refused, 128 * mib);
      expectMade(made.slice(2));
    },
  );

  it.skipIf(!permits({ by }))('bounds no anonymous arena', async () => {
    expectMade(await attempted(by, [128]));
  });
});

describe('a limit on the size of files', () => {
  const by = ['prlimit', `--fsize=${32 * mib}`];

  it.skipIf(!permits({ by }))('refuses a larger arena, without a signal', async () => {
    for (const name of [undefined, `limits-${process.pid}`]) {
      const made = await attempted(by, [64, 16], name);
      for (const refused of made.slice(0, 2)) expectRefusal(refused, 64 * mib);
      expectMade(made.slice(2));
    }
  });
});

describe('a limit on the address space', () => {
  const by = ['prlimit', `--as=${4096 * mib}`];

  it.skipIf(!permits({ by }))('refuses an arena that does not fit', async () => {
    const made = await attempted(by, [4096, 64]);
    for (const refused of made.slice(0, 2)) expectRefusal(refused, 4096 * mib);
    expectMade(made.slice(2));
  });

  it.skipIf(!permits({ by }))('leaves a record unread that cannot be copied', async () => {
    const end = await runConfined(recordTooLargeToCopy, {});
    expect(printed(end)).toEqual({ refused: 'ERR_ARENA_OUT_OF_MEMORY', read: 256 * mib });
  });
});

describe('a limit on descriptors', () => {
  const by = ['prlimit', '--nofile=48'];

  it.skipIf(!permits({ by }))(
    'refuses calls that need more, and leaves no descriptor and no name',
    async () => {
      const { outcomes, left } = printed<{ outcomes: Record<string, string[]>; left: boolean }>(
        await runConfined(descriptorByDescriptor, { by, args: [`limits-${process.pid}`] }),
      );
      expect(left).toBe(false);
      for (const made of Object.values(outcomes)) {
        const first = made.indexOf('made');
        expect(first).toBeGreaterThan(0);
        expect(new Set(made.slice(0, first))).toEqual(new Set(['ERR_ARENA_SYSTEM']));
        expect(new Set(made.slice(first))).toEqual(new Set(['made']));
      }
    },
  );

  it.skipIf(!permits({ by }))(
    'takes no living process for dead, and tells a death once a descriptor is free',
    async () => {
      const end = await runConfined(noDescriptorLeft, { by });
      expect(printed(end)).toEqual({ read: 1, lostWithout: 0, lostAfterwards: 1 });
    },
  );
});

describe('the memory of a control group', () => {
  const group = controlGroup(400 * mib);
  afterAll(() => group?.remove());

  it.skipIf(group === undefined)(
    'refuses an arena that is too large for it (needs root)',
    async () => {
      const made = await attempted(group?.by, [512, 64]);
      for (const refused of made.slice(0, 2)) expectRefusal(refused, 512 * mib);
      expectMade(made.slice(2));
    },
  );

  it.skipIf(group === undefined)(
    'is not taken twice when two processes create at once: the late one gets an error, and none is killed (needs root)',
    async () => {
      for (const name of [false, true]) {
        const end = await runConfined(twoThatCreateAtOnce, {
          by: group?.by,
          args: [JSON.stringify({ size: 200 * mib, named: name })],
        });
        const { outcomes, ends } = printed<{ outcomes: Attempt[]; ends: unknown[] }>(end);
        expect(ends).toEqual([
          [0, null],
          [0, null],
        ]);
        const refused = outcomes.filter(({ outcome }) => outcome !== 'made');
        expect(refused.length).toBeGreaterThan(0);
        for (const refusal of refused) expectRefusal(refusal, 200 * mib);
      }
    },
  );
});

describe('the memory of the machine', () => {
  it('refuses an arena that is too large for it', async () => {
    const made = await attempted([], [2 ** 23]);
    for (const refused of made) expectRefusal(refused, 2 ** 43);
  });
});

/** A new control group; undefined when none can be made. */
function controlGroup(limit: number) {
  const versions = [
    { mount: '/sys/fs/cgroup/memory', file: 'memory.limit_in_bytes' },
    { mount: '/sys/fs/cgroup', file: 'memory.max' },
  ];
  for (const { mount, file } of versions) {
    const folder = `${mount}/arena-limits-${process.pid}`;
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    const by = ['sh', '-c', `echo $$ > ${folder}/cgroup.procs && exec "$@"`, 'sh'];
    try {
      writeFileSync(`${folder}/${file}`, String(limit));
      if (permits({ by })) return { by, remove: () => rmdirSync(folder) };
    } catch {
      // There is no memory controller here.
    }
    rmdirSync(folder);
  }
  return undefined;
}

/** Two processes create an arena at the same moment, and keep it. */
const twoThatCreateAtOnce = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  const { size, named } = JSON.parse(process.argv[1]);
  const text = \`
    import { SegmentPool } from '@arena/transport-pool';
    const [, size, name] = process.argv;
    let pool;
    process.once('message', () => {
      try {
        pool = SegmentPool.create({ segmentSize: Number(size) / 4, segmentCount: 4, name: name || undefined });
        process.send({ outcome: 'made' });
      } catch ({ code, message }) {
        process.send({ outcome: code, message });
      }
      process.once('message', () => {
        pool?.close();
        process.exit();
      });
    });
    process.send('ready');
  \`;
  const children = [1, 2].map((child) => {
    const name = named ? 'limits-' + process.pid + '-' + child : '';
    return spawn(process.execPath, ['--input-type=module', '--eval', text, size, name], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  });
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  const answers = () =>
    Promise.all(
      children.map(async (child) => {
        const [answer] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
        return answer;
      }),
    );
  const send = (message) => children.forEach((child) => child.connected && child.send(message));
  await answers();
  send('create');
  const outcomes = await answers();
  send('end');
  console.log(JSON.stringify({ outcomes, ends: await ended }));
`;

/** Maps a ring, and then has no address space left for a private copy of a unit. */
const recordTooLargeToCopy = `
  import { execFileSync } from 'node:child_process';
  import { readFileSync } from 'node:fs';
  import { RingBuffer } from '@arena/transport-ring';
  const size = 256 * 2 ** 20;
  const ring = RingBuffer.create({ capacity: size });
  const unit = ring.writer().tryAcquire(size);
  const reader = ring.reader();
  unit.commit();
  const limit = (bytes) => execFileSync('prlimit', ['--pid', process.pid, '--as=' + bytes]);
  const used = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]) * 4096;
  limit(used + size / 2 + ':unlimited');
  let refused;
  try {
    reader.tryRead();
  } catch ({ code }) {
    refused = code;
  }
  limit('unlimited');
  console.log(JSON.stringify({ refused, read: reader.tryRead().bytes.length }));
`;

/** Tries to create and attach with 0, 1, 2 ... free descriptors. */
const descriptorByDescriptor = `
  import { closeSync, existsSync, openSync } from 'node:fs';
  import { SegmentPool } from '@arena/transport-pool';
  const [, name] = process.argv;
  const size = { segmentSize: 4096, segmentCount: 2 };
  const there = SegmentPool.create(size);
  const ways = {
    create: () => SegmentPool.create(size),
    named: () => SegmentPool.create({ ...size, name }),
    attach: () => SegmentPool.attach(there.handle),
  };
  const takeAll = () => {
    const taken = [];
    try {
      for (;;) taken.push(openSync('/dev/null'));
    } catch {
      return taken;
    }
  };
  const attempt = (make) => {
    try {
      const arena = make();
      arena.writer();
      arena.reader();
      arena.close();
      return 'made';
    } catch ({ code, message }) {
      return /ulimit -n/.test(message) ? code : message;
    }
  };
  const outcomes = {};
  let left = false;
  for (const [way, make] of Object.entries(ways)) {
    const taken = takeAll();
    outcomes[way] = [];
    for (let free = 0; free < 8; free++) {
      outcomes[way].push(attempt(make));
      left ||= existsSync('/dev/shm/arena-' + name);
      closeSync(taken.pop());
    }
    taken.forEach((fd) => closeSync(fd));
  }
  console.log(JSON.stringify({ outcomes, left }));
`;

/** A writer joins, writes and dies while this process can open no file. */
const noDescriptorLeft = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { closeSync, openSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { SegmentPool } from '@arena/transport-pool';
  const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2 });
  const reader = pool.reader();
  let lost = 0;
  pool.on('peer-lost', () => lost++);
  const text = \`
    import { SegmentPool } from '@arena/transport-pool';
    const pool = SegmentPool.attach(process.argv[1]);
    console.log('attached');
    process.stdin.once('data', () => {
      pool.writer().writeSync(new Uint8Array(10));
      setInterval(() => {}, 1000);
    });
  \`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text, pool.handle], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {}
  child.stdin.write('go');
  (await reader.read()).release();
  // The call waits, and looks after its peers several times.
  await reader.read({ timeoutMs: 350 }).catch(() => {});
  const lostWithout = lost;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  taken.forEach((fd) => closeSync(fd));
  while (lost === 0) await sleep(10);
  console.log(JSON.stringify({ read: 1, lostWithout, lostAfterwards: lost }));
  process.exit();
`;
