import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { madeEnvironment } from '../environment/made-environment.js';
import { runDoctest } from '../run-tests/native-tests.js';

const top = fileURLToPath(new URL('../..', import.meta.url));

/** A shell that changes every variable that a program's output can depend on. */
const STRANGE_SHELL = {
  FORCE_COLOR: '3',
  NO_COLOR: '1',
  COLORTERM: 'truecolor',
  TERM: 'dumb',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'C',
  TZ: 'Asia/Tokyo',
  COLUMNS: '20',
  CI: 'true',
  NODE_ENV: 'production',
  NODE_OPTIONS: '--trace-warnings',
  GIT_DIR: '/nowhere',
};

const namesIn = (environment: object) => Object.keys(environment).sort();

describe('a made environment', () => {
  it('keeps the paths of programs and files, and the settings of arena', () => {
    const kept = { HOME: '/home/me', TMPDIR: '/scratch', ARENA_FUZZ_SECONDS: '5' };
    const shell = { ...STRANGE_SHELL, ...kept, PATH: `${dirname(process.execPath)}:/bin` };
    expect(madeEnvironment(shell)).toEqual({
      ...kept,
      PATH: shell.PATH,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
    });
  });

  it('finds the node that runs the tests first, and has a PATH where the shell has none', () => {
    const folder = dirname(process.execPath);
    expect(madeEnvironment({ PATH: '/other/bin' }).PATH).toBe(`${folder}:/other/bin`);
    expect(madeEnvironment({}).PATH).toBe(`${folder}:/usr/local/bin:/usr/bin:/bin`);
  });
});

describe('a process or thread that a test starts', () => {
  const made = namesIn(madeEnvironment());

  it('inherits the made environment, be it a process, a native program or a thread', async () => {
    const script = 'JSON.stringify(Object.keys(process.env).sort())';
    const { stdout } = spawnSync(process.execPath, ['-p', script], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(made);

    const native = spawnSync('env', { encoding: 'utf8' }).stdout.trimEnd().split('\n');
    expect(native.map((line) => line.slice(0, line.indexOf('='))).sort()).toEqual(made);

    const source = "require('worker_threads').parentPort.postMessage({ ...process.env })";
    const worker = new Worker(source, { eval: true });
    const ofThread = await new Promise<object>((resolve) => worker.once('message', resolve));
    expect(namesIn(ofThread)).toEqual(made);
  });

  it('inherits it from a test run in the strangest shell', () => {
    const vitest = [join(top, 'node_modules/vitest/vitest.mjs'), 'run', '-t', 'native program'];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...vitest, 'tools/tests/environment.test.ts'],
      { cwd: top, env: { ...process.env, ...STRANGE_SHELL }, encoding: 'utf8' },
    );
    expect(`${stdout}${stderr}`).toMatch(/1 passed/);
    expect(status).toBe(0);
  });
});

describe('a native test runner', () => {
  it('gets the made environment', async () => {
    process.env.FORCE_COLOR = '3';
    try {
      const line = '[doctest] test cases: 1 | 1 passed | 0 failed | 0 skipped';
      const onlyMade = `test -z "$FORCE_COLOR" && test "$LANG" = C.UTF-8 && echo '${line}'`;
      expect(await runDoctest(['sh', '-c', onlyMade])).toMatchObject({ succeeded: true });
    } finally {
      delete process.env.FORCE_COLOR;
    }
  });
});
