/** Platforms without shared memory, faked in both processes of a pipeline. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const parts = ['shm-core', 'transport-ring', 'transport-pool', 'payloads', 'pipeline'];

/** A folder with the JavaScript of arena, as one that was shared with a team of Linux users. */
function installation(): string {
  const folder = mkdtempSync(join(tmpdir(), 'arena-platform-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of parts) {
    for (const part of ['dist', 'package.json', 'build/Release']) {
      const from = join(packages, name, part);
      const to = join(folder, 'node_modules/@arena', name, part);
      if (name === 'shm-core' || part !== 'build/Release') cpSync(from, to, { recursive: true });
    }
  }
  return folder;
}

/** Runs modules on a faked platform. Returns what the first one prints. */
async function run(platform: string, modules: Record<string, string>): Promise<string[]> {
  const folder = installation();
  const [os, arch] = platform.split('-');
  const fake = `Object.defineProperties(process, {
    platform: { value: '${os}' }, arch: { value: '${arch}' } });`;
  writeFileSync(join(folder, 'fake.mjs'), fake);
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
  // The processes of a pipeline inherit the options of Node.
  const args = ['--import', './fake.mjs', Object.keys(modules)[0] as string];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  return stdout.trimEnd().split('\n');
}

const producer = `
  export default function* ({ count }) {
    process.on('message', (message) => process.send({ answer: message, platform: process.platform }));
    for (let n = 0; n < count; n++) yield { n, pixels: new Uint8Array(2 ** 20).fill(n) };
    if (count === 3) throw new RangeError('no more frames');
  }`;

const consumer = `
  import { isSupported, whyUnsupported } from '@arena/shm-core';
  import { SegmentPool } from '@arena/transport-pool';
  import { runInSubprocess } from '@arena/pipeline';
  import { releaseItem } from '@arena/payloads';

  const arena = isSupported() ? SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 4 }) : undefined;
  console.log(isSupported(), whyUnsupported()?.code);
  const frames = (count) => runInSubprocess(new URL('./producer.mjs', import.meta.url), { arena, args: { count } });

  const two = frames(2);
  for (let pass = 0; pass < 2; pass++) {
    for await (const { n, pixels } of two) {
      console.log(pass, n, pixels.length, pixels.every((byte) => byte === n));
      releaseItem({ n, pixels });
    }
  }
  const answered = new Promise((resolve) => two.once('message', resolve));
  await two.send('hello');
  const alive = setInterval(() => {}, 1000); // a listener alone does not keep this process alive
  console.log(JSON.stringify(await answered));
  clearInterval(alive);
  for await (const { n } of two) if (n === 0) break;
  await two.close();

  const three = frames(3);
  try {
    for await (const { n } of three) console.log(n);
  } catch (error) {
    console.log(error.name, error.message);
  }
  await three.close();
  arena?.close();`;

const lines = (platform: string) => [
  '0 0 1048576 true',
  '0 1 1048576 true',
  '1 0 1048576 true',
  '1 1 1048576 true',
  `{"answer":"hello","platform":"${platform}"}`,
  ...['0', '1', '2'],
  'RangeError no more frames',
];

describe('one program on every platform', () => {
  it('uses an arena where there is shared memory', async () => {
    const output = await run(`linux-${process.arch}`, {
      'consumer.mjs': consumer,
      'producer.mjs': producer,
    });
    expect(output).toEqual(['true undefined', ...lines('linux')]);
  });

  it.each(['darwin-arm64', 'win32-x64', 'freebsd-x64'])(
    'runs over IPC with the same items, messages and errors on %s',
    async (platform) => {
      const output = await run(platform, { 'consumer.mjs': consumer, 'producer.mjs': producer });
      const [os] = platform.split('-') as [string];
      expect(output).toEqual(['false ERR_ARENA_UNSUPPORTED', ...lines(os)]);
    },
  );

  it.each(['linux-x64', 'darwin-arm64'])('sends items between threads on %s', async (platform) => {
    const program = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      import { packItem, unpackItem } from '@arena/payloads';
      const worker = new Worker(new URL('./worker.mjs', import.meta.url));
      const pixels = new Float32Array([1, 2, 3, 4]);
      const item = packItem({ shape: [2, 2], pixels }, { always: true });
      worker.postMessage(item);
      const [back] = await once(worker, 'message');
      const twice = unpackItem(back);
      console.log(twice.shape.join(), twice.pixels.join());
      await worker.terminate();`;
    const worker = `
      import { parentPort } from 'node:worker_threads';
      import { packItem, unpackItem } from '@arena/payloads';
      parentPort.once('message', (item) => {
        const { pixels, shape } = unpackItem(item);
        const twice = pixels.map((value) => value * 2);
        parentPort.postMessage(packItem({ shape, pixels: twice }, { always: true }));
      });`;
    expect(await run(platform, { 'program.mjs': program, 'worker.mjs': worker })).toEqual([
      '2,2 2,4,6,8',
    ]);
  });
});
