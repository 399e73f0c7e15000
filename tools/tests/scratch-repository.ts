/** A small repository with packages of its own, to run nx and the performance checks in. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../checkout/root.js';

const TOOLS = [
  'perf',
  'checkout',
  'commands',
  'environment',
  'native-build',
  'setup',
  'vendor-boost',
];

export interface ScratchPackage {
  readonly name: string;
  readonly dependencies?: readonly string[];
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
}

export class ScratchRepository implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'arena-perf-'));

  constructor(packages: readonly ScratchPackage[]) {
    const folders = packages.map(({ name }) => `packages/${name}`);
    this.write('package.json', JSON.stringify({ type: 'module', workspaces: folders }));
    this.write('.gitignore', 'node_modules\nbuild\n.nx\n');
    this.write('README.md', 'A repository.\n');
    this.#copyTools();
    for (const one of packages) this.#add(one);
    this.#git('init', '--quiet', '--initial-branch=main');
    this.commit('Begin');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Replaces a text that must be there, and commits. */
  change(path: string, from: string, to: string, message = 'Change'): void {
    const text = readFileSync(join(this.folder, path), 'utf8');
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    this.write(
      path,
      text.replace(from, () => to),
    );
    this.commit(message);
  }

  commit(message: string): void {
    this.#git('add', '--all');
    this.#git('commit', '--quiet', '--message', message);
  }

  /** Forgets every commit after the first one, and its changes. */
  reset(): void {
    this.#git('reset', '--quiet', '--hard', this.first);
  }

  get first(): string {
    return this.#git('rev-list', '--max-parents=0', 'HEAD');
  }

  /** @returns Status, and what a person sees. */
  node(...args: string[]): { status: number | null; stdout: string; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, NX_DAEMON: 'false', CI: 'true' },
    });
    return { status, stdout, output: stdout + stderr };
  }

  nx(...args: string[]) {
    return this.node(join(this.folder, 'node_modules/nx/dist/bin/nx.js'), ...args);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #copyTools(): void {
    for (const tool of TOOLS) {
      cpSync(join(root, 'tools', tool), join(this.folder, 'tools', tool), { recursive: true });
    }
    const nx = JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8'));
    nx.targetDefaults.perf.options.command += ' --build=';
    this.write('nx.json', JSON.stringify({ ...nx, defaultBase: 'main' }));
    mkdirSync(join(this.folder, 'node_modules'));
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name === '@arena' || name === '.cache') continue;
      symlinkSync(join(root, 'node_modules', name), join(this.folder, 'node_modules', name));
    }
  }

  #add({ name, dependencies = [], files }: ScratchPackage): void {
    const scoped = `@arena/${name}`;
    this.write(
      `packages/${name}/package.json`,
      JSON.stringify({
        name: scoped,
        version: '0.0.0',
        type: 'module',
        exports: './src/index.js',
        dependencies: Object.fromEntries(dependencies.map((other) => [`@arena/${other}`, '0.0.0'])),
        nx: { targets: { perf: {} } },
      }),
    );
    for (const [path, text] of Object.entries(files)) this.write(`packages/${name}/${path}`, text);
    const link = join(this.folder, 'node_modules', scoped);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(`../../packages/${name}`, link);
  }

  #git(...args: string[]): string {
    const identity = ['-c', 'user.name=arena', '-c', 'user.email=arena@example.invalid'];
    return execFileSync('git', [...identity, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
    }).trim();
  }
}
