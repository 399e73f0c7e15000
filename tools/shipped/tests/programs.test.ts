/** What ships, installed into an empty folder: every program of the READMEs and every example runs. */
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesOf, runIn } from '../../../examples/tests/readme-blocks.js';
import { type Scene, scenes } from '../../../examples/tests/scenes.js';
import { addTwoProcesses, bare, hundredFrames, installed, output } from './installation.js';

const libraries = ['shm-core', 'transport-pool', 'transport-ring', 'payloads', 'pipeline', 'video'];

const examples = ['video-frames-in-place', 'video-two-processes'];

const makesClip = `
  import { writeFileSync } from 'node:fs';
  import { createVideoData } from '@arena/video';
  const clip = { durationSeconds: 1, width: 320, height: 180 };
  writeFileSync('clip.mp4', await createVideoData(200_000, clip));`;

let folder = '';
beforeAll(async () => {
  folder = await installed('a project with spaces', ...libraries.map((name) => `@arena/${name}`));
  writeFileSync(join(folder, 'clip.mjs'), makesClip);
  await output(folder, 'clip.mjs');
  for (const [index, scene] of scenes.entries()) layOut(`program ${index}`, scene);
  addTwoProcesses(folder);
  for (const name of examples) {
    const example = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
    cpSync(example, join(folder, name), { recursive: true });
  }
  forbidWriting(folder);
  chmodSync(dirname(folder), 0o755);
});

function layOut(name: string, { readme, files }: Scene): void {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, text] of Object.entries(filesOf(readme, files))) {
    writeFileSync(join(place, file), text);
  }
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  cpSync(join(folder, 'clip.mp4'), join(place, 'clip.mp4'));
}

function forbidWriting(top: string): void {
  for (const path of ['.', ...readdirSync(top, { recursive: true, encoding: 'utf8' })]) {
    const full = join(top, path);
    if (!lstatSync(full).isSymbolicLink()) chmodSync(full, 0o555);
  }
}

/** Root may write everywhere, so root runs the programs as a user who may not. */
const nobody = 65_534;
const asUser = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

describe('in a folder that the program may not write to', () => {
  it.each(scenes.map((scene, index) => ({ ...scene, index })))(
    '$readme: $prints.0',
    async ({ index, prints }) => {
      const { status, lines, stderr } = await runIn(join(folder, `program ${index}`), {
        env: bare,
        ...asUser,
      });
      expect(stderr).toBe('');
      expect(lines).toEqual(prints);
      expect(status).toBe(0);
    },
  );
});

describe('the examples', () => {
  it('two-processes hands on every frame', async () => {
    expect(await output(folder, 'two.mjs')).toBe(hundredFrames);
  });

  it.each(examples)('%s prints what it has read', async (name) => {
    expect(await output(folder, join(name, 'main.mjs'), 'clip.mp4')).toMatch(/\S/);
  });
});

it('the addon is that of the package of binaries', async () => {
  const program = `
    await import('@arena/transport-ring');
    const { sharedObjects } = process.report.getReport();
    console.log(sharedObjects.filter((path) => path.includes('arena_')).join());`;
  const loaded = await output(folder, '--input-type=module', '-e', program);
  expect(loaded.trim()).toMatch(/shm-core-linux-x64-gnu\/arena_shm\.node$/);
});
