import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecorded, transport } from '@arena/benchmarks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arena, arenaBin, arenaWith, preloading } from './arena-command.js';
import { libav } from './libav.js';
import { descendants, isAlive, waitFor } from './processes.js';
import { seedHeader } from './seed-header.js';

const small = ['bench', 'transport', '--sizes', '1', '--num-items', '4', '--runs', '2'];
const rowKeys = [
  ...[
    'sizeMiB',
    'kind',
    'transport',
    'itemsPerSecond',
    'mbPerSecond',
    'mbPerSecondLow',
    'mbPerSecondHigh',
  ],
  ...[
    'speedup',
    'cpuSeconds',
    'producerCpuSeconds',
    'consumerCpuSeconds',
    'peakMemoryMB',
    'limitShare',
  ],
  ...['marginalUsPerItem', 'marginalMbPerSecond'],
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Output {
  readonly host: object;
  readonly limit: Record<string, object>;
  readonly rows: transport.TransportResult['rows'];
}

describe.each([
  ['one process', []],
  ['--isolate', ['--isolate']],
])('arena bench transport, %s', (_, flags) => {
  it('measures every kind over every transport, and prints nothing but JSON with --json', async () => {
    const kinds = transport.kindNames.filter((kind) => kind !== 'packets' || !libav.missing);
    const all = [...small, '--kinds', ...kinds];
    const { status, stdout, stderr } = await arena(...all, ...flags, '--json');
    expect(stderr).toBe('');
    const { host, limit, rows }: Output = JSON.parse(stdout);
    expect(Object.keys(host)).toEqual(['cpu', 'cores', 'node', 'kernel', 'memoryMiB']);
    expect(Object.keys(limit)).toEqual(['1']);
    expect(rows.map(({ kind, transport }) => `${kind} ${transport}`)).toEqual(
      kinds.flatMap((kind) =>
        ['no-arena', 'ring', 'pool'].map((transport) => `${kind} ${transport}`),
      ),
    );
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(rowKeys);
      const perMiB = row.mbPerSecond / ((row.itemsPerSecond * 2 ** 20) / 1e6);
      // A clip has about the size asked for.
      expect(perMiB).toBeCloseTo(1, row.kind === 'packets' ? 1 : 6);
      expect(row.mbPerSecondLow).toBeLessThanOrEqual(row.mbPerSecond);
      expect(row.mbPerSecondHigh).toBeGreaterThanOrEqual(row.mbPerSecond);
      expect(row.cpuSeconds).toBeCloseTo(row.producerCpuSeconds + row.consumerCpuSeconds, 9);
      expect(Math.min(row.producerCpuSeconds, row.consumerCpuSeconds)).toBeGreaterThan(0);
      expect(row.limitShare).toBeGreaterThan(0);
      // Two Node.js processes and four payloads at least, and less than any machine of today has.
      expect(row.peakMemoryMB).toBeGreaterThan(30);
      expect(row.peakMemoryMB).toBeLessThan(4000);
    }
    expect(status).toBe(0);
  }, 180_000);
});

describe('arena bench transport', () => {
  const one = [...small, '--kinds', 'bytes', '--isolate'];

  it('prints a table, and writes CSV and plot', async () => {
    const [csv, plot] = [join(folder, 'results.csv'), join(folder, 'plot.svg')];
    const { status, stdout } = await arena(...one, '--output', csv, '--plot', plot);
    expect(stdout).toMatch(/^kind +MiB +transport +MB\/s/);
    expect(stdout).toMatch(/^bytes +1 +pool +\d+/m);
    expect(stdout).toMatch(/^On .*, \d+ cores?, \d+ GiB, Linux .*, Node \d+/m);
    expect(stdout.endsWith(`Wrote 3 rows to ${csv}.\nDrew ${plot}.\n`)).toBe(true);
    const text = readFileSync(csv, 'utf8');
    expect(text.split('\n')[0]).toBe(seedHeader);
    expect(text.match(/,(no-arena|ring|pool),/g)).toEqual([',no-arena,', ',ring,', ',pool,']);
    expect(readRecorded(text).rows).toBe(3);
    expect(readFileSync(plot, 'utf8')).toContain('</svg>');
    expect(status).toBe(0);
  });

  it('takes a fraction of a MiB, and a single item', async () => {
    const flags = ['--sizes', '0.25', '--num-items', '1', '--runs', '1', '--kinds', 'tensor'];
    const { status, stdout } = await arena('bench', 'transport', ...flags, '--json');
    const { rows, limit }: Output = JSON.parse(stdout);
    expect(rows.map((row) => row.sizeMiB)).toEqual([0.25, 0.25, 0.25]);
    expect(rows.map((row) => row.marginalUsPerItem)).toEqual([null, null, null]);
    expect(Object.keys(limit)).toEqual(['0.25']);
    expect(status).toBe(0);
  });

  it('repeats passes for --duration-sec and marks when each configuration ran', async () => {
    const flags = ['--transports', 'pool', '--duration-sec', '0.2'];
    const { status, stdout } = await arena(...one, ...flags);
    const marks = /### begin bytes 1 MiB pool ts=(\d+)\n### end bytes 1 MiB pool ts=(\d+)\n/;
    expect(stdout).toMatch(marks);
    expect(status).toBe(0);
  });

  it('skips configurations that cannot run with the reason, prints the rest, and exits with 1', async () => {
    const once = join(folder, 'once');
    const preload = join(folder, 'fail-first-cell.cjs');
    writeFileSync(
      preload,
      `if (process.argv[1]?.endsWith('cell-process.js')) {
         try { require('fs').writeFileSync(${JSON.stringify(once)}, '', { flag: 'wx' }); process.exit(3); } catch {}
       }`,
    );
    const variables = preloading(preload);
    const { status, stdout, stderr } = await arenaWith(variables, ...one, '--json');
    expect(stderr.trim()).toMatch(
      /^skipped bytes 1 MiB no-arena: the consumer process \d+ ended early, exit code 3$/,
    );
    const { rows }: Output = JSON.parse(stdout);
    expect(rows.map(({ transport, speedup }) => [transport, speedup])).toEqual([
      ['ring', 1],
      ['pool', 1],
    ]);
    expect(status).toBe(1);
  });

  it('leaves no process behind when it is killed', async () => {
    const child = spawn(process.execPath, [arenaBin, ...one, '--duration-sec', '600'], {
      stdio: 'ignore',
    });
    const family = await waitFor(() => {
      const pids = descendants(child.pid ?? 0);
      return pids.length >= 2 ? pids : undefined; // the consumer and its producer
    });
    child.kill('SIGKILL');
    await waitFor(() => (family.some(isAlive) ? undefined : true));
    expect(family.filter(isAlive)).toEqual([]);
  });
});
