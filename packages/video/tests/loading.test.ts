import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { load } from '../dist/native.js';
import { it as itWithLibav } from './support/libav.js';
import { pathOf } from './support/media.js';

const missing = (message: string) =>
  expect.objectContaining({
    code: 'ERR_ARENA_LIBAV_MISSING',
    message: expect.stringContaining(message),
  });

/** Runs a program in a process of its own; what it prints. */
const run = (program: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });

describe('the addon', () => {
  it('says what to install where it was not built', () => {
    expect(() => load(['../build/nothing.node'])).toThrow(missing('was not built'));
    expect(() => load(['../build/nothing.node'])).toThrow(
      missing('apt-get install libavformat-dev libavcodec-dev libavutil-dev libswscale-dev'),
    );
  });

  it('says why it does not load where a library of libav is missing', () => {
    const path = pathOf('broken.node');
    writeFileSync(path, 'no shared library');
    expect(() => load([path])).toThrow(missing('does not load'));
  });

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
