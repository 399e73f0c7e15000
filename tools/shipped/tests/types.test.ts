/** The types of what ships, for tools that check packages and for a strict consumer. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { manifestIn } from '../archive.js';
import { installed } from './installation.js';

const packed = inject('packed');
const archives = readdirSync(packed)
  .filter((name) => name.endsWith('.tgz'))
  .map((name) => ({ name, path: join(packed, name), manifest: manifestIn(join(packed, name)) }));
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

describe('publint', () => {
  it.each(archives)('finds nothing in $name', async ({ path, manifest }) => {
    const bytes = readFileSync(path);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });
});

describe('are the types wrong?', () => {
  it.each(archives.filter(({ manifest }) => manifest.exports))('no: $name', ({ path }) => {
    const attw = join(modules, '@arethetypeswrong/cli/dist/index.js');
    // The packages are modules alone: require() loads them where the runtime can.
    const args = [attw, path, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });
});

describe('a strict consumer', () => {
  // The benchmarks show the types of vega-lite, which are wrong in themselves.
  const names = archives
    .filter(({ manifest }) => manifest.exports && manifest.name !== '@arena/benchmarks')
    .map(({ manifest }) => manifest.name);
  let folder = '';
  let oldest = '';
  beforeAll(async () => {
    oldest = await installed('typescript', 'typescript@5.4.5');
    folder = await installed('types', ...names);
    for (const types of ['@types/node', 'undici-types']) {
      cpSync(join(modules, types), join(folder, 'node_modules', types), { recursive: true });
    }
    const lines = names.map((name, index) => `import * as p${index} from '${name}';`);
    const uses = names.map((_, index) => `p${index}`).join(', ');
    writeFileSync(join(folder, 'all.ts'), `${lines.join('\n')}\nexport const all = [${uses}];\n`);
    writeFileSync(join(folder, 'use.ts'), use);
  });

  const use = `
    import { ArenaError, type Lease } from '@arena/shm-core';
    import { SegmentPool } from '@arena/transport-pool';
    import { RingBuffer } from '@arena/transport-ring';
    const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2 });
    const lease: Lease | null = await pool.reader().read();
    const bytes: Uint8Array | undefined = lease?.bytes;
    lease?.release();
    for await (const each of RingBuffer.create({ capacity: 4096 }).reader()) each.release();
    export const code = new ArenaError('ERR_ARENA_FULL', 'full').code === 'ERR_ARENA_FULL' ? bytes : [];
  `;

  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];

  it.each([
    ['5.4', 'nodenext', 'nodenext'],
    ['5.4', 'esnext', 'bundler'],
    ['of this repository', 'nodenext', 'nodenext'],
    ['of this repository', 'esnext', 'bundler'],
  ])('compiles with TypeScript %s, module %s and resolution %s', (compiler, module, resolution) => {
    const options = ['--module', module, '--moduleResolution', resolution];
    const rest = ['--target', 'es2022', '--noEmit', '--skipLibCheck', 'false', '--types', 'node'];
    const lib = ['--lib', 'es2022,esnext.disposable'];
    const there = compiler === '5.4' ? join(oldest, 'node_modules') : modules;
    const tsc = join(there, 'typescript/bin/tsc');
    const args = [tsc, ...strict, ...options, ...rest, ...lib, 'all.ts', 'use.ts'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
