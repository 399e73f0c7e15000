import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { describe, it } from './support/libav.js';
import { ffmpeg, pictures } from './support/media.js';

const program = fileURLToPath(new URL('./fixtures/terminate-busy-threads.js', import.meta.url));

/** Number of threads that are ended in each way. ARENA_TERMINATIONS sets another number. */
const rounds = Number(process.env.ARENA_TERMINATIONS ?? 10);

/** Limit for a test with any number of threads: a longer test hangs. */
const timeoutMs = 60_000 + rounds * 4000;

const clip = () =>
  ffmpeg('busy.mp4', ...pictures(4, '640x360'), '-c:v', 'libx264', '-g', '10', '-bf', '3');

const asBefore = {
  moreDescriptors: 0,
  moreMappings: 0,
  leasesOut: 0,
  morePeers: 0,
  freeSegments: 4,
};

/** The resources that remain in a process that ends busy threads, and that must survive. */
async function leftAfter(task: string, count: number, ...limited: string[]): Promise<unknown> {
  const args = [program, task, String(count), clip(), ...limited];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

describe.each(['decode', 'decodeIntoUnits', 'decodeIntoBytes', 'demux', 'takeInto', 'items'])(
  'a thread that is busy with %s',
  (task) => {
    it(
      'leaves the process and the arena as they were when it is terminated',
      async () => {
        expect(await leftAfter(task, rounds)).toEqual({ ...asBefore, endings: ['exit code 1'] });
      },
      timeoutMs,
    );

    it(
      'leaves them so when it has used up its memory',
      async () => {
        const endings = ['ERR_WORKER_OUT_OF_MEMORY'];
        const left = await leftAfter(task, Math.ceil(rounds / 5), 'limited');
        expect(left).toEqual({ ...asBefore, endings });
      },
      timeoutMs,
    );
  },
);
