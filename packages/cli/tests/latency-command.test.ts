import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { latency } from '@arena/benchmarks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arena, arenaWith } from './arena-command.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-latency-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const quick = ['--duration-sec', '0.01'];
const placeable = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

interface Output {
  readonly host: object;
  readonly rows: latency.LatencyResult['rows'];
}

describe.runIf(placeable)('arena bench latency', () => {
  it('measures sync and async calls, spinning or not, on one core and on two', async () => {
    const transports = ['pool', 'unix-socket'];
    const args = ['--transports', ...transports, '--placements', 'same-core', 'two-cores'];
    const { status, stdout, stderr } = await arena('bench', 'latency', ...args, ...quick, '--json');
    expect(stderr).toBe('');
    const { rows }: Output = JSON.parse(stdout);
    const ways = rows
      .filter(({ placement }) => placement === 'two-cores')
      .map(({ transport, calls, spinMicroseconds }) => `${transport} ${calls} ${spinMicroseconds}`);
    const ofArena = ['async 0', 'async 50', 'sync 0', 'sync 50'];
    expect(ways).toEqual([...ofArena.map((way) => `pool ${way}`), 'unix-socket async 0']);
    expect(rows).toHaveLength(2 * ways.length);
    for (const row of rows) {
      const { p50Us, p90Us, p99Us, p999Us, maxUs } = row;
      const percentiles = [p50Us, p90Us, p99Us, p999Us, maxUs];
      expect(p50Us).toBeGreaterThan(0);
      expect(percentiles).toEqual([...percentiles].sort((a, b) => a - b));
      const counted = row.histogram.reduce((sum, { count }) => sum + count, 0);
      expect(counted).toBe(row.roundTrips);
      expect(new Set(row.cpus).size).toBe(row.placement === 'same-core' ? 1 : 2);
    }
    expect(status).toBe(0);
  });

  it('keeps CPUs awake only during that measurement, and writes the results', async () => {
    const [csv, plot] = [join(folder, 'latency.csv'), join(folder, 'latency.svg')];
    const args = ['--transports', 'ring', '--calls', 'sync', '--spin', '0', '--size', '1kB'];
    const files = ['--placements', 'kept-awake', '--output', csv, '--plot', plot];
    const flags = [...args, ...files, ...quick];
    const { status, stdout } = await arenaWith(
      { ARENA_TEST: folder },
      'bench',
      'latency',
      ...flags,
    );
    expect(stdout).toContain('Round trips of 1 kB, one in flight');
    expect(stdout).toMatch(/^Placement: two cores \(\d+, \d+\), kept awake: they never sleep\.$/m);
    expect(stdout).toMatch(/^ring +sync +0( +[\d.]+){6} .*█/m);
    expect(readFileSync(csv, 'utf8').split('\n')[1]).toMatch(/^ring,sync,0,kept-awake,/);
    expect(readFileSync(plot, 'utf8')).toContain('Two cores, kept awake');
    expect(processesWith(folder)).toEqual([]);
    expect(status).toBe(0);
  });
});

describe('arena bench latency with wrong usage', () => {
  it.each([
    [['--size', '0'], 'a size is a whole number of bytes up to 64 MiB'],
    [['--spin', '-1'], 'Expected an integer greater than or equal to 0'],
    [['--calls', 'both'], 'Expected --calls=both to be one of: async, sync'],
    [['--placements', 'moon'], 'Expected --placements=moon to be one of: same-core'],
    [['--transports', 'mail'], 'Expected --transports=mail to be one of: pool, ring'],
    [['--plot', 'plot.gif'], 'a plot is written as .png or .svg'],
  ])('says what is wrong with %j, without a stack, and exits 2', async (args, message) => {
    const { status, stdout, stderr } = await arena('bench', 'latency', ...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

/** Processes that have `value` in their environment. */
const processesWith = (value: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`ARENA_TEST=${value}`);
      } catch {
        return false;
      }
    });
