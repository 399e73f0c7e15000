import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arenaWith, preloading } from './arena-command.js';

let folder = '';
let variables: Record<string, string> = {};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-without-libav-'));
  const preload = join(folder, 'hide-addon.cjs');
  writeFileSync(
    preload,
    `const fs = require('fs');
     const { existsSync } = fs;
     fs.existsSync = (path) => !String(path).endsWith('arena_video.node') && existsSync(path);
     require('module').syncBuiltinESMExports();`,
  );
  variables = preloading(preload);
});
afterAll(() => rmSync(folder, { recursive: true }));

const lack = 'video cannot be used here: its native addon does not load';

describe.each([
  ['one process', []],
  ['--isolate', ['--isolate']],
])('where libav is missing, %s', (_, flags) => {
  it('the kind packets is skipped with the packages to install, and the exit status is 1', async () => {
    const { status, stdout, stderr } = await arenaWith(
      variables,
      ...['bench', 'transport', '--sizes', '1', '--num-items', '2', '--runs', '1', ...flags],
      ...['--kinds', 'packets', 'bytes', '--transports', 'pool', '--json'],
    );
    expect(stderr).toContain(`skipped packets 1 MiB pool: ${lack}`);
    expect(JSON.parse(stdout).rows.map(({ kind }: { kind: string }) => kind)).toEqual(['bytes']);
    expect(status).toBe(1);
  });
});

it('where libav is missing, arena doctor says what to install, and that all else works', async () => {
  const { status, stdout } = await arenaWith(variables, 'doctor', '--json');
  expect(JSON.parse(stdout).findings).toContainEqual({
    name: 'libav',
    status: 'limited',
    detail: expect.stringContaining(lack),
    remedy: 'Only video needs it.',
  });
  expect(status).toBe(0);
});
