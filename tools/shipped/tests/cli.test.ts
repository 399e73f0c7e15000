/** The command line, installed into an empty folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { installed, output } from './installation.js';

let folder = '';
beforeAll(async () => {
  folder = await installed('cli', '@arena/cli');
});

const arena = (...args: string[]) =>
  output(folder, join(folder, 'node_modules/@arena/cli/bin/run.js'), ...args);

const failure = (...args: string[]): Promise<string> =>
  arena(...args).then(
    () => 'succeeded',
    (error: { stderr: string }) => error.stderr,
  );

describe('the command line alone', () => {
  it('checks the machine, and says which parts are not installed', async () => {
    const { findings } = JSON.parse(await arena('doctor', '--json'));
    const statusOf = (name: string) =>
      findings.find((finding: { name: string }) => finding.name === name)?.status;
    expect(statusOf('native addon and memfd')).toBe('ok');
    expect(statusOf('benchmarks')).toBe('limited');
    expect(statusOf('libav')).toBe('limited');
  });

  it('lists and removes named arenas', async () => {
    expect(JSON.parse(await arena('ls', '--json'))).toBeDefined();
    expect(JSON.parse(await arena('clean', '--json'))).toBeDefined();
  });

  it('says its version', async () => {
    const manifest = readFileSync(join(folder, 'node_modules/@arena/cli/package.json'), 'utf8');
    expect(await arena('--version')).toContain(JSON.parse(manifest).version);
  });

  it('says what to install for a benchmark', async () => {
    expect(await failure('bench', 'transport')).toContain('npm install @arena/benchmarks');
  });
});

it('measures once the benchmarks are installed', async () => {
  const other = await installed('benchmarks', '@arena/cli', '@arena/benchmarks');
  const printed = await output(
    other,
    join(other, 'node_modules/@arena/cli/bin/run.js'),
    ...['bench', 'transport', '--sizes', '1', '--num-items', '2', '--runs', '1'],
    ...['--kinds', 'bytes', '--json'],
  );
  const { rows } = JSON.parse(printed);
  expect(rows.map(({ transport }: { transport: string }) => transport)).toContain('pool');
});
