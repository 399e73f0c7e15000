import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { libavsHere, missing } from '../src/libav-missing.js';
import { it as itWithLibav } from './support/libav.js';
import { pathOf } from './support/media.js';

/** Runs a program in a process of its own; what it prints. */
const run = (program: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });

const lack = {
  target: 'linux-x64-gnu',
  tried: ['the package @arena/video-linux-x64-gnu: not installed'],
  published: '@arena/video-linux-x64-gnu@0.1.0',
};

describe('the addon', () => {
  itWithLibav('is loaded when video is used, not when it is imported', () => {
    const loaded =
      "process.report.getReport().sharedObjects.some((path) => path.endsWith('arena_video.node'))";
    const printed = run(`
      import { createVideoData } from ${JSON.stringify(import.meta.resolve('@arena/video'))};
      console.log(${loaded});
      await createVideoData(1000, { durationSeconds: 0.1, width: 16, height: 16 });
      console.log(${loaded});
    `);
    expect(printed).toBe('false\ntrue\n');
  });
});

describe('the error where the addon does not load', () => {
  it('says that libav is not installed, and how to install it', () => {
    const { code, message } = missing(lack, []);
    expect(code).toBe('ERR_ARENA_LIBAV_MISSING');
    expect(message).toContain('libav is not installed; video works with FFmpeg 4.4 to 7');
    expect(message).toContain('apt-get install ffmpeg');
  });

  it.each([
    [[62], 'libavcodec 62 is too new; video works with FFmpeg 4.4 to 7 (libavcodec 58 to 61)'],
    [[57], 'libavcodec 57 is too old; video works with FFmpeg 4.4 to 7 (libavcodec 58 to 61)'],
  ])('says that libavcodec %s does not suit', (here, fact) => {
    expect(missing(lack, here).message).toContain(`video cannot be used here: ${fact}`);
    expect(missing(lack, here).details.libavcodec).toBe(here.join());
  });

  it('says which package to install where libav is there', () => {
    expect(missing(lack, [59]).message).toBe(
      'video cannot be used here: its native addon does not load (looked for the package @arena/video-linux-x64-gnu: not installed). Install it: npm install @arena/video-linux-x64-gnu@0.1.0. Or build the addon: npx arena-build @arena/video (needs the headers of libav).',
    );
  });

  it.each([
    [{ ...lack, published: undefined }, 59],
    [lack, 58],
    [lack, 60],
  ])('offers only the build where no binary is published: %o, libavcodec %i', (found, codec) => {
    const { message } = missing(found, [codec]);
    expect(message).toMatch(/To have it, build the addon: npx arena-build @arena\/video \(/);
  });
});

it('finds every version of libavcodec in folders of libraries', () => {
  const names = ['libavcodec.so.62.11.100', 'libavcodec.so.62', 'libavcodec.so.59', 'libavcodec.a'];
  const folder = dirname(pathOf('libraries/some'));
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(pathOf(`libraries/${name}`), '');
  expect(libavsHere([folder, '/nowhere'])).toEqual([59, 62]);
});
