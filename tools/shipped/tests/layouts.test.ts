/** The layouts of other package managers. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import {
  addTwoProcesses,
  hundredFrames,
  manage,
  output,
  outputWith,
  project,
} from './installation.js';

it('two processes share memory in the layout of pnpm', async () => {
  const folder = project('pnpm');
  addTwoProcesses(folder);
  const store = ['--store-dir', join(folder, 'store')];
  await manage('pnpm', folder, 'add', '--ignore-scripts', ...store, '@arena/transport-pool');
  expect(existsSync(join(folder, 'node_modules/.pnpm'))).toBe(true);
  expect(existsSync(join(folder, 'node_modules/@arena/shm-core'))).toBe(false);
  expect(await output(folder, 'two.mjs')).toBe(hundredFrames);
});

it.each(['node-modules', 'pnp', 'pnpm'])(
  'two processes share memory in the layout %s of yarn',
  async (linker) => {
    const folder = project(`yarn ${linker}`);
    addTwoProcesses(folder);
    const settings = {
      nodeLinker: linker,
      enableScripts: false,
      enableTelemetry: false,
      enableGlobalCache: false,
      enableImmutableInstalls: false,
      unsafeHttpWhitelist: ['127.0.0.1'],
      npmScopes: { arena: { npmRegistryServer: inject('registry').replace(/\/$/, '') } },
    };
    writeFileSync(join(folder, '.yarnrc.yml'), JSON.stringify(settings));
    writeFileSync(join(folder, 'yarn.lock'), '');
    await manage('yarn', folder, 'add', '@arena/transport-pool');
    expect(await outputWith(variablesFor(linker), folder, 'two.mjs')).toBe(hundredFrames);
  },
);

/** Without folders of packages, Yarn gives Node.js other ways to find them. */
const variablesFor = (linker: string): Record<string, string> =>
  linker === 'pnp'
    ? { NODE_OPTIONS: '--require ./.pnp.cjs --experimental-loader ./.pnp.loader.mjs' }
    : {};
