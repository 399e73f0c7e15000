import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFolders } from '../checkout/packages.js';
import { root } from '../checkout/root.js';

const scripts: Record<string, string> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).scripts;

const SETS_UP = /^node tools\/setup(?= &&|$)/;
const setUps = Object.keys(scripts).filter((name) => SETS_UP.test(scripts[name] ?? ''));
/** Begins with the set-up itself. */
const CHECK = 'check';

describe('the npm scripts', () => {
  it('are at most fourteen', () => {
    expect(Object.keys(scripts).length).toBeLessThanOrEqual(14);
  });

  it('set up before start, test and build, and nowhere else', () => {
    expect(setUps).toEqual(['start', 'test', 'build']);
  });
});

describe('in a checkout without set-up', () => {
  const present = [
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'tools'],
    ...packageFolders(root).map((folder) => join(folder, 'package.json')),
    'packages/shm-core/CMakeLists.txt',
  ];
  const isSource = (path: string) => !/\/(dist|build|node_modules)$/.test(path);
  let bare = '';
  beforeAll(() => {
    bare = mkdtempSync(join(tmpdir(), 'arena-bare-'));
    for (const path of present) {
      cpSync(join(root, path), join(bare, path), { recursive: true, filter: isSource });
    }
  });
  afterAll(() => rmSync(bare, { recursive: true }));

  it.each(Object.keys(scripts).filter((name) => !setUps.includes(name) && name !== CHECK))(
    'npm run %s names the missing parts, and the command that installs them',
    (name) => {
      const [first = ''] = (scripts[name] ?? '').split(' && ');
      const [program, ...args] = first.split(' ');
      expect(program).toBe('node');
      // This environment finds no Debian package either.
      const nowhere = { cwd: bare, env: { PATH: '/nowhere' } };
      const { status, stderr } = spawnSync(process.execPath, args, {
        ...nowhere,
        encoding: 'utf8',
      });
      expect(stderr).toMatch(/(not installed|missing, for).*\. This helps:\n {2}npm run build/s);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(status).toBe(1);
    },
  );
});
