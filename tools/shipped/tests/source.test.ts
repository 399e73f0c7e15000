/** The published sources, built where no binaries are installed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { addTwoProcesses, bare, hundredFrames, installed, output } from './installation.js';

const build = 'node_modules/@arena/shm-core/bin/arena-build.js';

it('arena-build builds the native part, which two processes then use', async () => {
  const folder = await installed('from source', '--omit=optional', '@arena/transport-pool');
  addTwoProcesses(folder);
  const failed = await output(folder, 'two.mjs').catch((error) => error.stderr);
  expect(failed).toContain('ERR_ARENA_UNSUPPORTED');
  expect(failed).toContain('npx arena-build');
  const { PATH } = process.env;
  await promisify(execFile)(process.execPath, [build], {
    cwd: folder,
    env: { ...bare, PATH },
    maxBuffer: 2 ** 24,
  });
  expect(await output(folder, 'two.mjs')).toBe(hundredFrames);
});

it('arena-build names the tools that are missing', async () => {
  const folder = await installed('no compiler', '--omit=optional', '@arena/shm-core');
  const failed = await output(folder, join(folder, build)).catch((error) => error.stderr);
  expect(failed).toContain('CMake 3.19 or newer, make, a C++20 compiler');
  expect(failed).toContain('apt-get install cmake g++ make');
});
