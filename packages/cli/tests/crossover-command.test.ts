import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crossover, readRecorded } from '@arena/benchmarks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arena, arenaBin, arenaWith, preloading } from './arena-command.js';
import { descendants, isAlive, waitFor } from './processes.js';

const quick = ['--runs', '2', '--duration-sec', '0.01'];
const fixture = fileURLToPath(
  new URL('../../../benchmarks/tests/fixtures/crossover-zeromq.json', import.meta.url),
);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-crossover-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Output {
  readonly host: object;
  readonly rows: crossover.CrossoverResult['rows'];
  readonly crossoverBytes: Record<string, Record<string, object>>;
  readonly recommendedCopyThreshold: number | null;
}

/** With copies and without; what is not an arena is measured in one way, with copies. */
const waysOf: Readonly<Record<string, boolean[]>> = {
  pool: [true, false],
  ring: [true, false],
  'pool-in-place': [false],
  'ring-in-place': [false],
};

const head = ['metric', 'transport', 'copy', 'sizeBytes'];
const keysOf = {
  throughput: [...head, 'messagesPerSecond', 'mbPerSecond', 'cpuUsPerMessage', 'runs'],
  sends: [...head, 'messagesPerSecond', 'mbPerSecond', 'cpuUsPerMessage', 'runs'],
  latency: [...head, 'p50Us', 'p99Us', 'cpuUsPerMessage', 'runs'],
};

describe.each([
  ['processes for each run', [], ['pool', 'pool-in-place', 'ring', 'ring-in-place', 'no-arena']],
  ['--isolate', ['--isolate'], ['ring', 'unix-socket']],
])('arena bench crossover, %s', (_, flags, transports) => {
  it('measures all metrics, and prints nothing but JSON with --json', async () => {
    const args = ['--sizes', '100', '--transports', ...transports, ...quick, ...flags];
    const { status, stdout, stderr } = await arena('bench', 'crossover', ...args, '--json');
    expect(stderr).toBe('');
    const output: Output = JSON.parse(stdout);
    expect(Object.keys(output)).toEqual([
      'host',
      'rows',
      'crossoverBytes',
      'recommendedCopyThreshold',
    ]);
    const series = transports.flatMap((transport) =>
      (waysOf[transport] ?? [true]).map((copy) => `${transport} ${copy}`),
    );
    for (const metric of crossover.metrics) {
      const rows = output.rows.filter((row) => row.metric === metric);
      expect(rows.map(({ transport, copy }) => `${transport} ${copy}`)).toEqual(series);
      const arenas = transports.filter((transport) => /^(pool|ring)/.test(transport));
      expect(Object.keys(output.crossoverBytes[metric] ?? {})).toEqual(arenas);
    }
    for (const row of output.rows) {
      expect(Object.keys(row)).toEqual(keysOf[row.metric]);
      expect(row.runs).toBe(2);
      expect(row.cpuUsPerMessage).toBeGreaterThan(0);
    }
    expect(status).toBe(0);
  });
});

describe('arena bench crossover', () => {
  it('prints tables, crossovers and placement, and writes every run and the plot', async () => {
    const [csv, plot] = [join(folder, 'results.csv'), join(folder, 'plot.svg')];
    const args = ['--min-size', '1kB', '--max-size', '4KiB', '--points', '2', ...quick];
    const files = ['--output', csv, '--plot', plot];
    const flags = [...args, '--transports', 'pool', ...files];
    const { status, stdout, stderr } = await arena('bench', 'crossover', ...flags);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ +1 kB {2}pool, copied +\d+/m);
    expect(stdout).toMatch(/^ ?4 KiB {2}pool, leased +\d+/m);
    expect(stdout).toMatch(/^Placement: (two cores|wherever)/m);
    expect(stdout).toMatch(/^throughput, pool, leased: /m);
    expect(stdout).toMatch(/^On .*, Node \d+/m);
    expect(stdout.split('\n').slice(-3)).toEqual([`Wrote 24 rows to ${csv}.`, `Drew ${plot}.`, '']);
    expect(readRecorded(readFileSync(csv, 'utf8')).rows).toBe(3 * 2 * 2 * 2);
    expect(readFileSync(plot, 'utf8')).toContain('</svg>');
    expect(status).toBe(0);
  });

  it('skips ZeroMQ where it is not installed, and says so', async () => {
    const hooks = join(folder, 'hooks.mjs');
    writeFileSync(
      hooks,
      `export const resolve = (name, context, next) => {
         if (name === 'zeromq') throw new Error('not here');
         return next(name, context);
       };`,
    );
    const preload = join(folder, 'preload.mjs');
    writeFileSync(
      preload,
      `import { register } from 'node:module'; register(${JSON.stringify(`file://${hooks}`)});`,
    );
    const args = ['--sizes', '100', '--metrics', 'sends', '--transports', 'zeromq', 'unix-socket'];
    const variables = preloading(preload);
    const flags = [...args, ...quick, '--json'];
    const { status, stdout, stderr } = await arenaWith(variables, 'bench', 'crossover', ...flags);
    expect(stderr).toContain('skipped zeromq: the npm package "zeromq" is not installed');
    const { rows }: Output = JSON.parse(stdout);
    expect(rows.map(({ transport }) => transport)).toEqual(['unix-socket']);
    expect(status).toBe(0);
  });

  it('skips measurements that cannot run with the reason, prints the rest, and exits with 1', async () => {
    const once = join(folder, 'once');
    const preload = join(folder, 'fail-first-partner.cjs');
    writeFileSync(
      preload,
      `if (process.argv[1]?.endsWith('partner-process.js')) {
         try { require('fs').writeFileSync(${JSON.stringify(once)}, '', { flag: 'wx' }); process.exit(3); } catch {}
       }`,
    );
    const args = ['--sizes', '100', '--metrics', 'throughput', '--transports', 'pool', 'ring'];
    const variables = preloading(preload);
    const flags = [...args, '--runs', '1', '--duration-sec', '0.01', '--json'];
    const { status, stdout, stderr } = await arenaWith(variables, 'bench', 'crossover', ...flags);
    expect(stderr).toMatch(
      /skipped throughput 100 B pool, copied: the partner process \d+ ended early, exit code 3/,
    );
    const { rows, recommendedCopyThreshold }: Output = JSON.parse(stdout);
    expect(rows.map(({ transport, copy }) => [transport, copy])).toEqual([
      ['pool', false],
      ['ring', true],
      ['ring', false],
    ]);
    expect(recommendedCopyThreshold).toBeNull();
    expect(status).toBe(1);
  });

  it('leaves no process behind when it is killed', async () => {
    const args = ['bench', 'crossover', '--sizes', '100', '--duration-sec', '60'];
    const child = spawn(process.execPath, [arenaBin, ...args], { stdio: 'ignore' });
    const family = await waitFor(() => {
      const pids = descendants(child.pid ?? 0);
      return pids.length >= 2 ? pids : undefined; // the one that measures and its partner
    });
    child.kill('SIGKILL');
    await waitFor(() => (family.some(isAlive) ? undefined : true));
    expect(family.filter(isAlive)).toEqual([]);
  });

  it.each([
    [['--sizes', '0'], 'a size is a whole number of bytes up to 64 MiB'],
    [['--sizes', '65MiB'], 'a size is a whole number of bytes up to 64 MiB'],
    [['--sizes', '100', '--points', '3'], 'cannot also be provided when using --sizes'],
    [['--min-size', '1MB', '--max-size', '1kB'], 'the smallest size, 1000000, is larger'],
    [['--points', '1'], 'Expected an integer greater than or equal to 2'],
    [['--metrics', 'speed'], 'Expected --metrics=speed to be one of: throughput, sends, latency'],
    [['--transports', 'mail'], 'Expected --transports=mail to be one of: pool'],
    [['--runs', '0'], 'Expected an integer greater than or equal to 1'],
    [['--plot', 'plot.gif'], 'a plot is written as .png or .svg'],
    [['--output', '/no/such/folder/x.csv'], 'there is no folder "/no/such/folder"'],
  ])('says what is wrong with %j, without a stack, and exits 2', async (args, message) => {
    const { status, stdout, stderr } = await arena('bench', 'crossover', ...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('arena plot of a crossover', () => {
  it('draws the points of ZeroMQ from JSON, and says where they cross', async () => {
    const output = join(folder, 'zeromq.svg');
    const { status, stdout } = await arena('plot', fixture, '--output', output);
    expect(stdout).toContain('throughput, ipc: crosses at 740 kB');
    expect(stdout).toContain('between 464158 B and 1 MB');
    expect(stdout).toContain('zero-copy is 2.3x slower at 100 B');
    expect(stdout).toContain('sends, ipc: crosses at 12 kB');
    expect(stdout).toContain('between 10 kB and 14677 B');
    expect(stdout).toContain('44.1x as fast at 1 MB');
    expect(stdout).toContain(`Drew 170 rows into ${output}.`);
    expect(readFileSync(output, 'utf8')).toContain('Zero-copy sends (relative)');
    expect(status).toBe(0);
  });

  it('names what is wrong with a file, draws nothing, exits 1', async () => {
    const input = join(folder, 'wrong.json');
    writeFileSync(input, '[{"size": 100, "copy": 7}]');
    const { status, stderr } = await arena('plot', input, '--output', join(folder, 'no.png'));
    expect(stderr).toContain('cannot be plotted: row 1: copy is "7"');
    expect(status).toBe(1);
  });
});
