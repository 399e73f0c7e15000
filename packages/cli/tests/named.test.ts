import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { formatArenas } from '../dist/named/list.js';
import { arena } from './arena-command.js';

const name = `arena-cli-test-${process.pid}`;

/** A process that creates a named pool, reports that, and lives until it is killed. */
async function createPool(): Promise<ChildProcess> {
  const pool = new URL('../../transport-pool/dist/index.js', import.meta.url).href;
  const script = `import { SegmentPool } from '${pool}';
    SegmentPool.create({ segmentSize: 65536, segmentCount: 2, name: '${name}' });
    console.log('created');
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

interface Listed {
  readonly name: string;
}

const find = async () => {
  const { stdout, status } = await arena('ls', '--json');
  expect(status).toBe(0);
  return (JSON.parse(stdout) as Listed[]).find((listed) => listed.name === name);
};

describe('arena ls and arena clean', () => {
  let owner: ChildProcess | undefined;
  afterEach(async () => {
    if (owner) await kill(owner);
    await arena('clean');
  });

  it('show a named arena in use, leave it alone, and remove it once its creator is dead', async () => {
    owner = await createPool();
    expect(await find()).toMatchObject({
      creatorPid: owner.pid,
      creatorAlive: true,
      attached: true,
      compatible: true,
    });
    const { stdout: kept } = await arena('clean', '--json');
    expect(JSON.parse(kept).removed).not.toContain(name);
    await kill(owner);
    // Any process that creates a named arena sweeps, too. So the name may be gone before `clean` sees it.
    const left = await find();
    if (left) expect(left).toMatchObject({ creatorAlive: false, attached: false });
    const { stdout: swept } = await arena('clean', '--json');
    expect([name, undefined]).toContain(
      JSON.parse(swept).removed.find((removed: string) => removed === name),
    );
    expect(await find()).toBeUndefined();
  });
});

describe('formatArenas', () => {
  const listed = { byteLength: 3 * 2 ** 20, creatorPid: 42, compatible: true };

  it('describes each arena, and the way to remove it', () => {
    const text = formatArenas([
      { ...listed, name: 'frames', creatorAlive: true, attached: true },
      { ...listed, name: 'left', creatorAlive: false, attached: false },
      { ...listed, name: 'old', creatorAlive: false, attached: false, compatible: false },
      {
        ...listed,
        name: 'notes',
        creatorPid: 0,
        creatorAlive: false,
        attached: false,
        compatible: false,
      },
    ]);
    expect(text).toMatchInlineSnapshot(`
      "name    size     creator    state
      frames  3.0 MiB  42         in use
      left    3.0 MiB  42 (dead)  stale: "arena clean" removes it
      old     3.0 MiB  42 (dead)  stale, of another version: "arena clean" removes it
      notes   3.0 MiB  -          no arena: "arena clean" leaves it alone"
    `);
  });

  it('says when there are none', () => {
    expect(formatArenas([])).toBe('There are no named arenas.');
  });
});
