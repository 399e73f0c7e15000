import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { fanout } from '@arena/benchmarks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arena, arenaBin, arenaWith, preloading } from './arena-command.js';
import { descendants, isAlive, waitFor } from './processes.js';

const command = ['bench', 'fanout'];
const brief = [...command, '--duration-seconds', '0.5'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-fanout-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const measured = (...flags: string[]) => result(...brief, ...flags);

async function result(...args: string[]): Promise<fanout.FanoutResult> {
  const { status, stdout, stderr } = await arena(...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
const writtenBy = ({ writers }: fanout.FanoutResult) =>
  total(writers.map(({ written }) => written));

/** Shared memory with a name: nothing of a run may be left there. */
const named = () => readdirSync('/dev/shm').filter((name) => name.includes('arena'));

describe('arena bench fanout', () => {
  it('prints nothing but JSON with --json, in the shape that programs read', async () => {
    const outcome = await measured('--readers', '2', '--writers', '2');
    expect(Object.keys(outcome)).toEqual([
      ...['host', 'config', 'writesPerSecond', 'targetWritesPerSecond', 'mbPerSecondIn'],
      ...['mbPerSecondOut', 'lockedMbPerSecondOut', 'writers', 'readers', 'verified'],
    ]);
    expect(Object.keys(outcome.host)).toEqual(['cpu', 'cores', 'node', 'kernel', 'memoryMiB']);
    expect(outcome.config).toMatchObject({
      readers: 2,
      writers: 2,
      slots: 10,
      slotBytes: 1_000_000,
    });
    for (const writer of outcome.writers)
      expect(Object.keys(writer)).toEqual(['pid', 'written', 'waits', 'full', 'cpuSeconds']);
    for (const reader of outcome.readers)
      expect(Object.keys(reader)).toEqual(['pid', 'read', 'lost', 'maxLag', 'cpuSeconds']);
    const pids = [...outcome.writers, ...outcome.readers].map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(4);
    expect(outcome.lockedMbPerSecondOut).toBeNull();
    expect(outcome.mbPerSecondIn).toBeCloseTo(outcome.writesPerSecond, 6);
    expect(outcome.verified).toBe('full');
  });

  it.each([
    ['as it comes', ['--slot-bytes', '1000', '--slots', '64']],
    ['in batches', ['--slot-bytes', '100', '--slots', '256', '--batch', '16']],
    ['with copying readers', ['--slot-bytes', '100000', '--reader-copies']],
    ['with writers that give up', ['--when-full', 'throw', '--slot-bytes', '1000']],
    ['over the pool', ['--transport', 'pool', '--slot-bytes', '100000']],
    ['without checksums', ['--no-verify-writes', '--slot-bytes', '20']],
  ])('has every reader read every record in one order, %s', async (_, flags) => {
    const outcome = await measured('--writers', '3', '--readers', '3', ...flags);
    const written = writtenBy(outcome);
    expect(written).toBeGreaterThan(0);
    for (const reader of outcome.readers) expect(reader).toMatchObject({ read: written, lost: 0 });
    expect(outcome.verified).toBe(flags.includes('--no-verify-writes') ? 'sequence' : 'full');
  });

  it('tells overtaken readers of every record that they lost', async () => {
    const flags = ['--when-full', 'overwrite', '--reader-burn-cpu-milliseconds', '5'];
    const outcome = await measured('--writers', '2', '--readers', '2', ...flags);
    for (const { read, lost } of outcome.readers) {
      expect(lost).toBeGreaterThan(0);
      expect(read + lost).toBe(writtenBy(outcome));
    }
    expect(outcome.verified).toBe('full');
  });

  it('keeps to a rate, and counts the writes that find no room', async () => {
    const slow = ['--preset', 'slow-readers', '--duration-seconds', '2'];
    const { writers, readers, targetWritesPerSecond } = await result(...command, ...slow);
    const [writer] = writers;
    expect(writer?.full).toBeGreaterThan(0);
    // 24 writes a second for 2 seconds. Each was due before the end.
    expect((writer?.written ?? 0) + (writer?.full ?? 0)).toBeLessThanOrEqual(48);
    expect(readers.map(({ read }) => read)).toEqual(Array(4).fill(writer?.written));
    expect(targetWritesPerSecond).toBe(24);
  });

  it('compares with the ring that takes a lock, and takes the other spelling', async () => {
    const outcome = await measured('--readers', '2', '--compare-locked', '--no-verify_writes');
    expect(outcome.lockedMbPerSecondOut).toBeGreaterThan(0);
    expect(outcome.verified).toBe('sequence');
  });

  it('lets flags override the preset', async () => {
    const { config } = await measured(
      '--preset',
      'rate-beyond-memory',
      '--slot-bytes',
      '1000',
      '--verify-writes',
    );
    expect(config).toMatchObject({
      slots: 3,
      slotBytes: 1000,
      writesPerSecond: 24,
      verifyWrites: true,
    });
  });

  it('prints over time and in sum, writes CSV and draws', async () => {
    const [csv, plot] = [join(folder, 'run.csv'), join(folder, 'run.png')];
    const flags = ['--readers', '2', '--output', csv, '--plot', plot, '--slot-bytes', '10000'];
    const { status, stdout, stderr } = await arena(...brief, ...flags);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^seconds +writes\/s +MB\/s in +MB\/s out/);
    expect(stdout).toMatch(/^writes\/s: \d+ \(as fast as it goes\)$/m);
    expect(stdout).toContain('every record verified: sequence, order and checksum\nOn ');
    expect(stdout.endsWith(`Wrote 120 rows to ${csv}.\nDrew ${plot}.\n`)).toBe(true);
    expect(readFileSync(csv, 'utf8').split('\n')).toHaveLength(122);
    expect(readFileSync(plot).subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(status).toBe(0);
  });

  it('prints the activity of each process with --debug', async () => {
    const { stderr } = await arena(...brief, '--slot-bytes', '1000', '--debug');
    expect(stderr).toMatch(/\d\.\d\d s writer \d+: \d+ records, \d+ waits, 0 given up/);
    expect(stderr).toMatch(/\d\.\d\d s reader \d+: \d+ records, \d+ behind, 0 lost/);
  });
});

describe('arena bench fanout, when something is wrong', () => {
  /** Runs with a writer that stores a wrong value in its `nth` call of `setUint32` at the place `where`. */
  async function withWriterThat(nth: number, where: string, value: string) {
    const preload = join(folder, 'falsify.cjs');
    writeFileSync(
      preload,
      `if (process.argv[1]?.endsWith('member-process.js')) {
         const { setUint32 } = DataView.prototype;
         let calls = 0;
         DataView.prototype.setUint32 = function (at, value, little) {
           if (${where} && ++calls === ${nth}) value = ${value};
           return setUint32.call(this, at, value, little);
         };
       }`,
    );
    const flags = ['--readers', '2', '--slot-bytes', '1000', '--json'];
    return arenaWith(preloading(preload), ...brief, ...flags);
  }

  it.each([
    [
      'damages a record',
      'at === this.byteLength - 4',
      'value ^ 1',
      /reader \d+: damaged: record 50 says writer 0, sequence 49/,
    ],
    [
      'leaves one out',
      'at === 0',
      'value + 1',
      /reader \d+: missing: 1 records of writer 0 from 49 on/,
    ],
    [
      'repeats one',
      'at === 0',
      'value - 1',
      /reader \d+: repeated: writer 0, sequence 48 after 48/,
    ],
    [
      'goes back',
      'at === 0',
      'value - 9',
      /reader \d+: out of order: writer 0, sequence 40 after 48/,
    ],
  ])('finds a writer that %s, says so and exits 1', async (_, where, value, problem) => {
    const { status, stdout, stderr } = await withWriterThat(50, where, value);
    expect(stderr).toMatch(problem);
    expect((JSON.parse(stdout) as fanout.FanoutResult).verified).toBe(false);
    expect(status).toBe(1);
  });

  const start = (...flags: string[]) => {
    const args = [arenaBin, ...command, '--duration-seconds', '600', '--json', ...flags];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
      child.once('close', (code, signal) => resolve({ code, signal })),
    );
    return { child, ended, stdout: text(child.stdout), stderr: text(child.stderr) };
  };

  const familyOf = (pid: number, size: number) =>
    waitFor(() => {
      const pids = descendants(pid);
      return pids.length >= size ? pids : undefined;
    });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'leaves nothing behind after %s',
    async (signal) => {
      const before = named();
      const { child, ended } = start('--readers', '2', '--writers', '2');
      const family = await familyOf(child.pid ?? 0, 4);
      child.kill(signal);
      expect((await ended).signal).toBe(signal);
      await waitFor(() => (family.some(isAlive) ? undefined : true));
      expect(named()).toEqual(before);
    },
  );

  it('leaves no process of the ring with a lock behind', async () => {
    const args = [arenaBin, ...command, '--duration-seconds', '1', '--compare-locked'];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const first = await familyOf(child.pid ?? 0, 2);
    const second = await waitFor(() => {
      const pids = descendants(child.pid ?? 0).filter((pid) => !first.includes(pid));
      return pids.length >= 2 ? pids : undefined;
    });
    child.kill('SIGKILL');
    await waitFor(() => (second.some(isAlive) ? undefined : true));
    expect(second.filter(isAlive)).toEqual([]);
  });

  it('names a process that died and ends all others', async () => {
    const { child, ended, stdout, stderr } = start('--readers', '2');
    const family = await familyOf(child.pid ?? 0, 3);
    const [victim = 0] = family;
    process.kill(victim, 'SIGKILL');
    expect((await ended).code).toBe(1);
    expect(JSON.parse(await stdout).error.message).toMatch(
      new RegExp(`(reader|writer) ${victim} ended early, signal SIGKILL`),
    );
    expect(await stderr).toBe('');
    expect(family.filter(isAlive)).toEqual([]);
  });
});
