import { fileURLToPath } from 'node:url';
import { invalidRange, invalidType } from '@arena/shm-core';
import { describe } from '@arena/shm-core/internal';
import { checkFixedBytes } from './arguments.js';

/**
 * A path, a `file:` URL, or the bytes of a file. Bytes are read on other threads: leave them alone,
 * and do not transfer them, until demuxing has ended.
 */
export type MediaSource = string | URL | Uint8Array | ArrayBuffer;

/** Checks a source; gives its path, or its bytes. */
export function checkSource(source: unknown): string | Uint8Array {
  if (source instanceof URL) return pathOfUrl(source);
  if (typeof source === 'string') return checkPath(source);
  if (source instanceof ArrayBuffer) return checkFixedBytes('source', new Uint8Array(source));
  if (source instanceof Uint8Array) return checkFixedBytes('source', source);
  throw invalidType(
    `source must be a path, a file: URL, a Uint8Array or an ArrayBuffer, got ${describe(source)}.`,
  );
}

function pathOfUrl(url: URL): string {
  if (url.protocol === 'file:') return fileURLToPath(url);
  throw invalidRange(
    `source must be a file, got a ${url.protocol} URL. Read it first, and pass its bytes.`,
  );
}

function checkPath(path: string): string {
  if (path !== '' && !path.includes('\0')) return path;
  throw invalidRange(`source must be a path, got ${describe(path)}.`);
}
