/** Loads the addon. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { detachedTest, emptier, maxViewBytes } from './array-buffers.js';
import { ArenaError } from './errors.js';
import type { NativeAddon, Status as NativeStatus } from './native-types.js';

export type * from './native-types.js';

const packageRoot = new URL('../', import.meta.url);

/** Path of a file of this package's native build, which is shipped or built in the checkout. */
function nativePath(name: string, built: string): string {
  const candidates = [`prebuilds/${process.platform}-${process.arch}/${name}`, `build/${built}`];
  const paths = candidates.map((candidate) => fileURLToPath(new URL(candidate, packageRoot)));
  const found = paths.find((path) => existsSync(path));
  if (found) return found;
  throw new ArenaError(
    'ERR_ARENA_SYSTEM',
    `the native part of arena is missing for ${process.platform}-${process.arch} (looked for ${paths.join(', ')}). Build it with \`npm run build\` in the checkout.`,
  );
}

const path = nativePath('arena_shm.node', 'Release/arena_shm.node');
export const native: NativeAddon = createRequire(import.meta.url)(path);

export const { constants, results } = native;
export const Status = constants.status;
export type Status = NativeStatus;

/** Makes every view of a buffer empty; see {@link emptier}. */
export const empty = emptier(native.detach);
export const isDetached = detachedTest(native.isDetached);

native.initialize({
  makeError: (code, message) => new ArenaError(code, message),
  empty,
  inThread: !isMainThread,
  maxViewBytes,
});
