/** The files and the package.json of each archive. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { RELEASES } from '../../libav/releases.js';
import { filesIn, manifestIn, textIn } from '../archive.js';

const packed = inject('packed');
const archives = readdirSync(packed)
  .filter((name) => name.endsWith('.tgz'))
  .map((name) => ({
    name,
    path: join(packed, name),
    files: filesIn(join(packed, name)),
    manifest: manifestIn(join(packed, name)),
  }));
const archiveOf = (name: string) => archives.find(({ manifest }) => manifest.name === name);
const binaries = archives.filter(({ manifest }) => manifest.os);

describe.each(archives)('$name', ({ path, files, manifest }) => {
  it('has a licence, a README and the place of its sources', () => {
    expect(files).toContain('LICENSE');
    expect(files).toContain('README.md');
    expect(textIn(path, 'LICENSE')).toContain('MIT License');
    expect(manifest.license).toBe('MIT');
    expect(manifest.repository.url).toMatch(/^git\+https:\/\//);
  });

  it('has no part of tests and of builds', () => {
    const surplus = /tsbuildinfo|(^|\/)(tests?|kill|fuzz|model)\/|_test\.|CMakeCache|\.o$/;
    expect(files.filter((file) => surplus.test(file))).toEqual([]);
  });

  it('runs nothing when it is installed, and needs only packages of its own version', () => {
    expect(manifest.scripts).toBeUndefined();
    expect(manifest.devDependencies).toBeUndefined();
    const needed = { ...manifest.dependencies, ...manifest.optionalDependencies };
    const own = Object.entries(needed).filter(([name]) => name.startsWith('@arena/'));
    expect(own.filter(([, version]) => version !== manifest.version)).toEqual([]);
  });
});

it('every compiled file has its source beside', () => {
  for (const { files } of archives) {
    const compiled = files.filter((file) => /^dist\/.*\.js$/.test(file));
    const sources = compiled.map((file) => file.replace(/^dist/, 'src').replace(/js$/, 'ts'));
    expect(files).toEqual(expect.arrayContaining(sources));
  }
});

describe('the packages of binaries', () => {
  it.each(binaries)('$name says where it runs, and has what it loads', ({ files, manifest }) => {
    expect(manifest.os).toEqual(['linux']);
    expect(manifest.cpu).toHaveLength(1);
    expect(manifest.libc).toEqual(['glibc']);
    expect(files).toContain(manifest.main);
    expect(files).toContain('THIRD_PARTY_NOTICES.md');
  });

  it.each(['shm-core', 'video', 'benchmarks'])('of %s are optional dependencies', (name) => {
    expect(Object.keys(archiveOf(`@arena/${name}`)?.manifest.optionalDependencies)).toEqual(
      expect.arrayContaining([`@arena/${name}-linux-x64-gnu`, `@arena/${name}-linux-arm64-gnu`]),
    );
  });

  it('of video have an addon for each release of FFmpeg whose headers are there', () => {
    const { files = [] } = archiveOf('@arena/video-linux-x64-gnu') ?? {};
    const addons = files.filter((file) => file.endsWith('.node'));
    const known = RELEASES.map(({ codec }) => `arena_video_${codec}.node`);
    expect(addons.length).toBeGreaterThan(0);
    expect(known).toEqual(expect.arrayContaining(addons));
  });
});

it('the sources of the addon come with the headers of others, and their licences', () => {
  const { path = '', files = [] } = archiveOf('@arena/shm-core') ?? {};
  expect(files).toContain('CMakeLists.txt');
  expect(files).toContain('vendor/boost-1.81/boost/interprocess/mapped_region.hpp');
  expect(files).toContain('vendor/node/node_api.h');
  const notices = textIn(path, 'THIRD_PARTY_NOTICES.md');
  expect(notices).toContain('Boost Software License');
  expect(notices).toContain('libuv');
});
