import { readFileSync } from 'node:fs';
import { ArenaError } from '../errors.js';
import { isPlatform, type Lack } from './load-addon.js';

/** The error for a call that needs the addon, where there is none. */
export function unsupported(owner: string, lack: Lack): ArenaError {
  const looked = lack.tried.length > 0 ? ` (looked for ${lack.tried.join('; ')})` : '';
  return new ArenaError(
    'ERR_ARENA_UNSUPPORTED',
    `${factOf(owner, lack)}${looked}. ${remedyFor(lack)}`,
    { platform: lack.target, lookedFor: lack.tried.join('; ') },
  );
}

function factOf(owner: string, { target }: Lack): string {
  return isPlatform()
    ? `${owner} has no native part for ${target} here`
    : `arena has no shared memory on ${target}: it runs on Linux`;
}

function remedyFor({ published }: Lack): string {
  if (!isPlatform())
    return 'Run the program on Linux, or run its pipelines and workers without an arena.';
  if (isBundled())
    return 'A bundler has packed arena, and bundles hold no native part. Keep arena out of the bundle: external: [/^@arena\\//] (Vite, webpack), or --external:@arena/* (esbuild).';
  const build = 'build the native part: npx arena-build (needs CMake and a C++20 compiler)';
  return published ? `Install it: npm install ${published}. Or ${build}.` : `${capital(build)}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether this code lies in another file than that of its package. */
function isBundled(): boolean {
  try {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    return JSON.parse(manifest).name !== '@arena/shm-core';
  } catch {
    return true;
  }
}
