/** Packs what ships, unless ARENA_PACKED names a folder with the archives, and serves them while the tests run. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../checkout/root.js';
import { serveArchives } from './registry.js';

/** @param {{ provide: (name: string, value: string) => void }} project */
export default async function setup({ provide }) {
  const packed = process.env.ARENA_PACKED ?? join(root, 'build/packages');
  if (process.env.ARENA_PACKED === undefined) {
    const pack = ['tools/pack', '--to', packed, '--target', 'linux-x64-gnu'];
    execFileSync(process.execPath, pack, { cwd: root, stdio: 'inherit' });
  }
  const { url, close } = await serveArchives(packed);
  provide('packed', packed);
  provide('registry', url);
  return close;
}
