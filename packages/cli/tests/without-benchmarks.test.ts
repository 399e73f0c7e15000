import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { arenaWith, type Outcome, preloading } from './arena-command.js';

interface Loading extends Outcome {
  /** Modules of the benchmarks, and the packages that they alone need. */
  readonly loaded: readonly string[];
}

/** Runs `arena` and returns the modules that it loads. With `missing`, the benchmarks cannot be found. */
async function watched(missing: boolean, ...args: string[]): Promise<Loading> {
  const folder = mkdtempSync(join(tmpdir(), 'arena-without-benchmarks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [hooks, preload, log] = ['hooks.mjs', 'preload.mjs', 'log'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(log, '');
  writeFileSync(
    hooks,
    `import { appendFileSync } from 'node:fs';
     export async function resolve(name, context, next) {
       if (${missing} && name === '@arena/benchmarks') {
         const error = new Error("Cannot find package '@arena/benchmarks' imported from here");
         throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
       }
       const found = await next(name, context);
       appendFileSync(${JSON.stringify(log)}, found.url + '\\n');
       return found;
     }`,
  );
  writeFileSync(
    preload,
    `import { register } from 'node:module'; register(${JSON.stringify(pathToFileURL(hooks).href)});`,
  );
  const outcome = await arenaWith(preloading(preload), ...args);
  const urls = readFileSync(log, 'utf8').split('\n');
  return { ...outcome, loaded: urls.filter((url) => /\/benchmarks\/|\/vega|\/resvg/.test(url)) };
}

describe('arena doctor, ls and clean', () => {
  it.each([['doctor'], ['ls'], ['clean'], ['doctor', '--json'], ['ls', '--help']])(
    'load nothing of the benchmarks: %s',
    async (...args) => {
      const { status, loaded } = await watched(false, ...args);
      expect(loaded).toEqual([]);
      expect(status).toBe(0);
    },
  );

  it.each([['doctor'], ['ls'], ['clean']])(
    'work where the benchmarks are not installed: %s',
    async (...args) => {
      const { status, stderr } = await watched(true, ...args);
      expect(stderr).toBe('');
      expect(status).toBe(0);
    },
  );
});

describe('where the benchmarks are not installed', () => {
  it.each([
    ['bench', 'transport', '--sizes', '2'],
    ['plot', 'results.csv', '--output', 'plot.png'],
  ])('arena %s %s says what to install', async (...args) => {
    const { status, stderr } = await watched(true, ...args);
    expect(stderr).toContain('needs the package @arena/benchmarks, which is not installed');
    expect(stderr).toContain('npm install @arena/benchmarks');
    expect(status).toBe(1);
  });

  it('the help lists the other commands', async () => {
    const { status, stdout } = await watched(true, 'help');
    expect(stdout).toMatch(/doctor +Check which parts[\s\S]*plot +Not installed/);
    expect(status).toBe(0);
  });
});

describe('arena bench', () => {
  it('loads what draws only when it draws', async () => {
    const { status, loaded } = await watched(false, 'bench', 'transport', '--help');
    expect(loaded.some((url) => url.includes('/benchmarks/dist/index.js'))).toBe(true);
    expect(loaded.filter((url) => /vega|resvg|draw/.test(url))).toEqual([]);
    expect(status).toBe(0);
  });
});
