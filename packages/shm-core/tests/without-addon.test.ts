/** Installations with another addon, or with none. Each test makes one, and runs a program in it. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loaderOf, target } from '../src/addon/target.js';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const addon = join(packages, 'shm-core/build/Release/arena_shm.node');
const { version } = JSON.parse(readFileSync(join(packages, 'shm-core/package.json'), 'utf8'));
const binaries = `shm-core-${target()}`;

/** A folder with the JavaScript of arena, and without native code. */
function installation(): string {
  const folder = mkdtempSync(join(tmpdir(), 'arena-install-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['shm-core', 'transport-ring', 'transport-pool']) {
    for (const part of ['dist', 'package.json']) {
      const to = join(folder, 'node_modules/@arena', name, part);
      cpSync(join(packages, name, part), to, { recursive: true });
    }
  }
  return folder;
}

function addBinaries(folder: string, main: string, content: string | Buffer): void {
  const path = join(folder, 'node_modules/@arena', binaries);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, main), content);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: `@arena/${binaries}`, main }));
}

function addBuild(folder: string, content: string | Buffer): void {
  const path = join(folder, 'node_modules/@arena/shm-core/build/Release');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'arena_shm.node'), content);
}

/** Runs a module in the installation, and returns what it prints. */
async function run(folder: string, program: string, prelude = ''): Promise<string> {
  writeFileSync(join(folder, 'prelude.mjs'), prelude);
  writeFileSync(join(folder, 'program.mjs'), program);
  const args = ['--import', './prelude.mjs', 'program.mjs'];
  return (await promisify(execFile)(process.execPath, args, { cwd: folder })).stdout;
}

const use = `
  import { RingBuffer } from '@arena/transport-ring';
  import { SegmentPool } from '@arena/transport-pool';
  import { listNamedArenas } from '@arena/shm-core';
  const uses = [
    () => RingBuffer.create({ capacity: 4096 }),
    () => RingBuffer.attach({ name: 'some' }),
    () => SegmentPool.create({ segmentSize: 4096, segmentCount: 2 }),
    () => SegmentPool.attach({ name: 'some' }),
    () => listNamedArenas(),
  ];
  for (const use of uses) {
    try { use(); console.log('works'); } catch (error) { console.log(error.code, error.message); }
  }`;

const linesOf = (output: string): string[] => output.trimEnd().split('\n');

describe('without an addon', () => {
  it('imports, and fails at each first use with what was looked for and what to do', async () => {
    const folder = installation();
    const lines = linesOf(await run(folder, use));
    const path = join(folder, 'node_modules/@arena/shm-core/build/Release/arena_shm.node');
    expect(new Set(lines)).toEqual(
      new Set([
        `ERR_ARENA_UNSUPPORTED @arena/shm-core has no native part for ${target()} here (looked for ${path}: not there; the package @arena/${binaries}: not installed). Install it: npm install @arena/${binaries}@${version}. Or build the native part: npx arena-build (needs CMake and a C++20 compiler).`,
      ]),
    );
    expect(lines).toHaveLength(5);
  });

  it('offers only the build where no binary is published', async () => {
    const arch = `Object.defineProperty(process, 'arch', { value: 'riscv64' });`;
    const [line] = linesOf(await run(installation(), use, arch));
    expect(line).toMatch(/^ERR_ARENA_UNSUPPORTED .* for linux-riscv64-gnu here/);
    expect(line).toMatch(/not there\)\. Build the native part: npx arena-build \(.*\)\.$/);
  });

  it.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['freebsd', 'x64'],
  ])('on %s-%s loads no file, and says that arena runs on Linux', async (platform, arch) => {
    const folder = installation();
    addBuild(folder, readFileSync(addon));
    const fake = `Object.defineProperties(process, {
      platform: { value: '${platform}' }, arch: { value: '${arch}' } });`;
    expect(new Set(linesOf(await run(folder, use, fake)))).toEqual(
      new Set([
        `ERR_ARENA_UNSUPPORTED arena has no shared memory on ${platform}-${arch}: it runs on Linux. Run the program on Linux, or run its pipelines and workers without an arena.`,
      ]),
    );
  });

  it('copies bytes, and tells and empties buffers, with what the runtime has', async () => {
    const program = `
      import { copyBytes } from '@arena/shm-core';
      import { isDetached } from '@arena/shm-core/internal';
      const target = new Uint8Array(2 ** 20);
      copyBytes(target, new Uint8Array(2 ** 20).fill(7));
      const { buffer } = target.slice();
      const before = isDetached(buffer);
      structuredClone(buffer, { transfer: [buffer] });
      console.log(target.every((byte) => byte === 7), before, isDetached(buffer));`;
    expect(await run(installation(), program)).toBe('true false true\n');
  });
});

describe('the addon that is loaded', () => {
  const one = `
    import { RingBuffer } from '@arena/transport-ring';
    try { console.log(RingBuffer.create({ capacity: 4096 }).kind); }
    catch (error) { console.log(error.message); }`;

  it('is that of the package of binaries', async () => {
    const folder = installation();
    addBinaries(folder, 'arena_shm.node', readFileSync(addon));
    expect(await run(folder, one)).toBe('ring\n');
  });

  it('is a build in the package itself, if there is one', async () => {
    const folder = installation();
    addBinaries(folder, 'main.js', 'throw new Error("not needed")');
    addBuild(folder, readFileSync(addon));
    expect(await run(folder, one)).toBe('ring\n');
  });

  it('is the published one where the build is of another machine', async () => {
    const folder = installation();
    addBuild(folder, 'a library of another system');
    addBinaries(folder, 'arena_shm.node', readFileSync(addon));
    expect(await run(folder, one)).toBe('ring\n');
  });

  it('is never of another version', async () => {
    const folder = installation();
    addBinaries(folder, 'main.js', 'exports.version = "0.0.9"');
    expect(await run(folder, one)).toContain(
      `the package @arena/${binaries}: it is of version 0.0.9, and arena is of version ${version})`,
    );
  });

  it('is named with the reason when it does not load', async () => {
    const folder = installation();
    addBinaries(folder, 'arena_shm.node', 'a library of another system');
    expect(await run(folder, one)).toMatch(/the package @arena\/\S+: \S*arena_shm\.node: .+\)/);
  });
});

describe('the C library of a program', () => {
  it('is that of the loader which the program names', () => {
    expect(loaderOf(process.execPath)).toMatch(/\/ld-(linux|musl)/);
  });

  it('is unknown for a file that is no program', () => {
    expect(loaderOf(fileURLToPath(import.meta.url))).toBeUndefined();
    expect(loaderOf('/nowhere')).toBeUndefined();
  });

  it('is found in a program of musl', () => {
    const folder = mkdtempSync(join(tmpdir(), 'arena-musl-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const loader = '/lib/ld-musl-x86_64.so.1\0';
    const program = Buffer.alloc(200);
    program.write('\x7fELF', 'latin1');
    program.writeBigUInt64LE(64n, 32); // where the rows of segments begin
    program.writeUInt16LE(56, 54); // bytes of a row
    program.writeUInt16LE(1, 56); // number of rows
    program.writeUInt32LE(3, 64); // PT_INTERP
    program.writeBigUInt64LE(120n, 64 + 8);
    program.writeBigUInt64LE(BigInt(loader.length), 64 + 32);
    program.write(loader, 120);
    writeFileSync(join(folder, 'program'), program);
    expect(loaderOf(join(folder, 'program'))).toBe('/lib/ld-musl-x86_64.so.1');
  });
});

it('the version in the sources is that of package.json', async () => {
  const { version: inSources } = await import('../src/version.js');
  expect(inSources).toBe(version);
});
