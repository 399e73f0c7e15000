/** Folders into which the packed archives are installed, as users install packages. */
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the archives. */
    packed: string;
    /** Address of the registry that has them. */
    registry: string;
  }
}

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Far from the sources. Other users may look in, because a test runs programs as one. */
const folders = mkdtempSync(join(tmpdir(), 'arena-shipped-'), { encoding: 'utf8' });
mkdirSync(join(folders, 'bin'));
symlinkSync(process.execPath, join(folders, 'bin/node'));
afterAll(() => {
  // A test has forbidden to write here.
  execFileSync('chmod', ['-R', 'u+w', folders]);
  rmSync(folders, { recursive: true, force: true });
});

/** The only programs on the PATH are Node.js and its helpers. There is no compiler. */
export const bare = {
  PATH: join(folders, 'bin'),
  HOME: process.env.HOME ?? folders,
  TMPDIR: tmpdir(),
};

/** An empty project of a user. */
export function project(name: string): string {
  const folder = join(folders, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(folder, '.npmrc'), `@arena:registry=${inject('registry')}\n`);
  return folder;
}

const npm = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');

/** The managers, as programs that this Node.js runs. */
const managers = {
  npm: () => (existsSync(npm) ? npm : (process.env.npm_execpath ?? npm)),
  pnpm: () => join(modules, 'pnpm/bin/pnpm.cjs'),
  yarn: () => join(modules, '@yarnpkg/cli-dist/bin/yarn.js'),
};

const execute = promisify(execFile);

/** Runs a package manager in a folder, without a compiler, and without scripts of packages. */
export async function manage(manager: keyof typeof managers, cwd: string, ...args: string[]) {
  // Yarn keeps what registries say, with addresses.
  const env = { ...bare, YARN_GLOBAL_FOLDER: join(folders, 'yarn') };
  await execute(process.execPath, [managers[manager](), ...args], { cwd, env });
}

/** Installs packages with npm into an empty project. */
export async function installed(name: string, ...packages: string[]): Promise<string> {
  const folder = project(name);
  await manage(
    'npm',
    folder,
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    ...packages,
  );
  return folder;
}

/** Runs a program, and returns what it prints. */
export async function output(cwd: string, ...args: string[]): Promise<string> {
  return outputWith({}, cwd, ...args);
}

/** The same with more variables. */
export async function outputWith(
  variables: Record<string, string>,
  cwd: string,
  ...args: string[]
): Promise<string> {
  return (await execute(process.execPath, args, { cwd, env: { ...bare, ...variables } })).stdout;
}

/** A program of two processes: one writes, the other one reads. */
export function addTwoProcesses(folder: string): void {
  cpSync(
    new URL('../../../examples/two-processes/main.mjs', import.meta.url),
    join(folder, 'two.mjs'),
  );
}

export const hundredFrames = Array.from({ length: 100 }, (_, frame) => `${frame}\n`).join('');
