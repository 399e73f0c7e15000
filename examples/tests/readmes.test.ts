import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVideoData, libavVersions } from '@arena/video';
import { describe, expect, it, onTestFinished } from 'vitest';
import { layOut, programsIn, runIn } from './readme-blocks.js';
import { scenes } from './scenes.js';

const top = fileURLToPath(new URL('../..', import.meta.url));
const readmes = [
  'README.md',
  ...readdirSync(join(top, 'packages')).map((name) => `packages/${name}/README.md`),
].filter((readme) => existsSync(join(top, readme)));

const hasLibav = () => {
  try {
    return libavVersions() !== undefined;
  } catch {
    return false;
  }
};

describe('the programs that the READMEs show', () => {
  it('are all run here', () => {
    const shown = readmes.flatMap((readme) =>
      programsIn(readme).map((_, program) => `${readme} ${program}`),
    );
    const run = scenes.flatMap(({ readme, files }) =>
      Object.values(files).map(({ program }) => `${readme} ${program}`),
    );
    expect(run.sort()).toEqual(shown.sort());
  });

  const runnable = hasLibav() ? scenes : scenes.filter(({ film }) => !film);
  it.each(runnable)(
    '$readme: $prints.0',
    async ({ readme, files, prints, film }) => {
      const folder = layOut(readme, files);
      onTestFinished(() => rmSync(folder, { recursive: true }));
      if (film) {
        const clip = { durationSeconds: 1, width: 320, height: 180 };
        writeFileSync(join(folder, 'clip.mp4'), await createVideoData(200_000, clip));
      }
      const { status, lines, stderr } = await runIn(folder);
      expect(stderr).toBe('');
      expect(lines).toEqual(prints);
      expect(status).toBe(0);
    },
    180_000,
  );
});
