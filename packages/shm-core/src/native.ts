/** Loads the addon. Where there is none, importing works all the same, and the first use fails. */
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { isLack, loadAddon } from './addon/load-addon.js';
import { standIn } from './addon/stand-in.js';
import { unsupported } from './addon/unsupported.js';
import { detachedTest, emptier, maxViewBytes } from './array-buffers.js';
import { ArenaError } from './errors.js';
import type { NativeAddon, Status as NativeStatus } from './native-types.js';

export type * from './native-types.js';

const require = createRequire(import.meta.url);

const found = loadAddon<NativeAddon>({
  owner: '@arena/shm-core',
  built: new URL('../build/Release/arena_shm.node', import.meta.url),
  prebuilt: {
    'linux-x64-gnu': () => require('@arena/shm-core-linux-x64-gnu'),
    'linux-arm64-gnu': () => require('@arena/shm-core-linux-arm64-gnu'),
  },
});

/** The error that every use of shared memory throws here; undefined where arena can run. */
export const whyUnsupported = (): ArenaError | undefined =>
  isLack(found) ? unsupported('@arena/shm-core', found) : undefined;

/** @throws {ArenaError} `ERR_ARENA_UNSUPPORTED`. */
function fail(): never {
  throw whyUnsupported();
}

export const native: NativeAddon = isLack(found) ? standIn(fail) : found;

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
