/** The native code of the benchmarks: of a build in this package, or of the package of binaries. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { target, version } from '@arena/shm-core/internal';

/** The ring with a lock around every operation. */
export interface LockedRing {
  handle(): string;
  addWriter(): void;
  addReader(): void;
  tryWrite(record: Uint8Array): boolean;
  waitForRoom(milliseconds: number): boolean;
  writerDone(): void;
  /** Copies the next record out and waits at most `milliseconds` for one; returns an `Outcome`. */
  read(target: Uint8Array, milliseconds: number): number;
  lag(): number;
  /** Lets go of the memory; the last call. */
  close(): void;
}

/** What `LockedRing.read` returns. */
export const Outcome = { record: 0, nothing: 1, ended: 2 } as const;

interface Addon {
  crc32c(bytes: Uint8Array, seed: number): number;
  LockedRing: {
    new (slots: number, slotBytes: number): LockedRing;
    new (handle: string): LockedRing;
  };
}

const require = createRequire(import.meta.url);

const packageRoot = new URL('../../', import.meta.url);

/** Path of a file of the package of binaries for this machine; undefined when it is not installed. */
function publishedPath(name: string): string | undefined {
  try {
    return join(dirname(require.resolve(`@arena/benchmarks-${target()}`)), name);
  } catch {
    return undefined;
  }
}

/**
 * @param built Path of the file in a build of this package, which comes before a published one.
 * @throws {Error} The file is in neither place.
 */
function nativePath(built: string): string {
  const path = fileURLToPath(new URL(`build/${built}`, packageRoot));
  if (existsSync(path)) return path;
  const published = publishedPath(basename(built));
  if (published) return published;
  throw new Error(
    `the native part of the benchmarks is missing: there is no ${path}, and no package @arena/benchmarks-${target()}@${version}. Install that package, or build it with \`npm run build\` in the checkout.`,
  );
}

/** Path of the addon, for a process that loads it by itself. */
export const addonPath = (): string => nativePath('Release/arena_benchmarks.node');

/** Path of the program that measures how fast two native processes copy on this machine. */
export const copyLimitPath = (): string => nativePath('arena-copy-limit');

const addon = require(addonPath()) as Addon;

export const { LockedRing } = addon;

/**
 * CRC-32C (Castagnoli) of `bytes`. Takes the processor's own instruction where there is one.
 *
 * @param seed The checksum so far, to go on with it.
 */
export const crc32c = (bytes: Uint8Array, seed = 0): number => addon.crc32c(bytes, seed);
