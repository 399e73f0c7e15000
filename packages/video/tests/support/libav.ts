/** `describe` and `it` of tests that need libav: where it is missing they are skipped. */
import { spawnSync } from 'node:child_process';
import { libavVersions } from '@arena/video';
import * as vitest from 'vitest';

function reasonAgainst(): string | undefined {
  try {
    libavVersions();
    const { error } = spawnSync('ffmpeg', ['-version']);
    return error && `the ffmpeg command, which makes their files, does not run: ${error.message}`;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = reasonAgainst();
if (reason !== undefined) console.warn(`Skipping tests: ${reason}`);

export const describe: typeof vitest.describe.skip = reason
  ? vitest.describe.skip
  : vitest.describe;
export const it: typeof vitest.it.skip = reason ? vitest.it.skip : vitest.it;
