import { fileURLToPath } from 'node:url';
import { ArenaError, copyBytes, type Lease } from '@arena/shm-core';
import { describe, invalidRange, invalidType } from '@arena/shm-core/internal';
import { checkFixedBytes } from './arguments.js';

/**
 * A path, a `file:` URL, or a file's bytes: in memory, which is copied before it is read, or a lease
 * on them, which is held and read where it lies.
 */
export type MediaSource = string | URL | Uint8Array | ArrayBuffer | Lease;

/** A source as native code reads it, on other threads. */
export interface ReadableSource {
  readonly from: string | Uint8Array;
  /** Called once nobody reads `from` any more. */
  readonly onEnd?: () => void;
  /** Has to be filled before `from` is read. */
  readonly copy?: BytesCopy;
}

/** Checks a source, and keeps it from being taken away while it is read. */
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

/** Copied in one turn of the event loop: some milliseconds. */
const bytesPerTurn = 2 ** 24;

/**
 * A private copy of bytes that are read on other threads: nothing keeps the caller's own memory from
 * being transferred, and freed, meanwhile.
 */
class BytesCopy {
  readonly target: Uint8Array;
  readonly #source: Uint8Array;
  #filling: Promise<void> | undefined;

  constructor(source: Uint8Array) {
    this.#source = source;
    this.target = new Uint8Array(Buffer.allocUnsafeSlow(source.byteLength).buffer);
  }

  /** Copies everything, once. The caller's bytes are not needed after that. */
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
