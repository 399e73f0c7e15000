/** The native code of the benchmarks, as tools/native-build has built it. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

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

const packageRoot = new URL('../../', import.meta.url);

/** @throws {Error} The file was not built. */
function nativePath(name: string): string {
  const path = fileURLToPath(new URL(`build/${name}`, packageRoot));
  if (existsSync(path)) return path;
  throw new Error(
    `the native part of the benchmarks is missing: there is no ${path}. Build it with \`npm run build\` in the checkout.`,
  );
}

/** Path of the addon, for a process that loads it by itself. */
export const addonPath = (): string => nativePath('Release/arena_benchmarks.node');

/** Path of the program that measures how fast two native processes copy on this machine. */
export const copyLimitPath = (): string => nativePath('arena-copy-limit');

const addon = createRequire(import.meta.url)(addonPath()) as Addon;

export const { LockedRing } = addon;

/**
 * CRC-32C (Castagnoli) of `bytes`. Takes the processor's own instruction where there is one.
 *
 * @param seed The checksum so far, to go on with it.
 */
export const crc32c = (bytes: Uint8Array, seed = 0): number => addon.crc32c(bytes, seed);
