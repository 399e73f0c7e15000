import { fileURLToPath } from 'node:url';
import { ArenaError, copyBytes, type Lease } from '@arena/shm-core';
import { describe, invalidRange, invalidType } from '@arena/shm-core/internal';
import { checkFixedBytes } from './arguments.js';

/**
 * A path, a `file:` URL, or the bytes of a file: in memory, or as a lease. Bytes in memory are copied before
 * they are read. A lease is held, and its bytes are read in place.
 */
export type MediaSource = string | URL | Uint8Array | ArrayBuffer | Lease;

/** A source in the form in which native code reads it, on other threads. */
export interface ReadableSource {
  readonly from: string | Uint8Array;
  /** Called once native code no longer reads `from`. */
  readonly onEnd?: () => void;
  /** Must be filled before native code reads `from`. */
  readonly copy?: BytesCopy;
}

/** Checks a source, and keeps its memory in place while native code reads it. */
export function readable(source: unknown): ReadableSource {
  if (source instanceof URL) return { from: pathOfUrl(source) };
  if (typeof source === 'string') return { from: checkPath(source) };
  if (source instanceof ArrayBuffer) return copied(new Uint8Array(source));
  if (source instanceof Uint8Array) return copied(source);
  if (isLease(source)) return heldLease(source);
  throw invalidType(
    `source must be a path, a file: URL, a Uint8Array, an ArrayBuffer or a lease, got ${describe(source)}.`,
  );
}

function copied(bytes: Uint8Array): ReadableSource {
  const copy = new BytesCopy(checkFixedBytes('source', bytes));
  return { from: copy.target, copy };
}

function heldLease(lease: Lease): ReadableSource {
  const from = checkFixedBytes('source', lease.bytes);
  return { from, onEnd: lease.hold() };
}

const isLease = (source: unknown): source is Lease =>
  typeof (source as Lease | null)?.hold === 'function';

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

/** Bytes copied in one turn of the event loop, which takes some milliseconds. */
const bytesPerTurn = 2 ** 24;

/**
 * A private copy of bytes that other threads read. The caller's own memory could be transferred and freed
 * during the read.
 */
class BytesCopy {
  readonly target: Uint8Array;
  readonly #source: Uint8Array;
  #filling: Promise<void> | undefined;

  constructor(source: Uint8Array) {
    this.#source = source;
    this.target = new Uint8Array(Buffer.allocUnsafeSlow(source.byteLength).buffer);
  }

  /** Copies all bytes once. The caller's bytes are not needed afterwards. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill();
    return this.#filling;
  }

  async #fill(): Promise<void> {
    const { byteLength } = this.target;
    for (let start = 0; start < byteLength; start += bytesPerTurn) {
      if (start > 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.#source.byteLength !== byteLength) throw transferred();
      const end = Math.min(start + bytesPerTurn, byteLength);
      copyBytes(this.target.subarray(start, end), this.#source.subarray(start, end));
    }
  }
}

const transferred = (): ArenaError =>
  new ArenaError(
    'ERR_ARENA_CLOSED',
    'demuxer: the bytes that it reads were transferred away. Leave them alone until the first gather is done.',
  );
