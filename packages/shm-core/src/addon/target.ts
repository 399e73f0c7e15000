/** Names the kind of machine that a binary runs on. */
import { closeSync, openSync, readSync } from 'node:fs';

/** A C library: GNU's, or musl as in Alpine Linux. */
export type Libc = 'gnu' | 'musl';

/** The kind of this machine, for instance `linux-x64-gnu`. Packages of binaries end in such a name. */
export function target(): string {
  const { platform, arch } = process;
  return platform === 'linux' ? `${platform}-${arch}-${libc()}` : `${platform}-${arch}`;
}

/** The file that runs this process, which Electron, Bun and Deno have as well. */
const ownFile = '/proc/self/exe';
const headerBytes = 64;
const loaderType = 3;

let found: Libc | undefined;

/** The C library of this process. Its file names the loader that has loaded both. */
function libc(): Libc {
  found ??= loaderOf(ownFile)?.includes('musl') ? 'musl' : 'gnu';
  return found;
}

/**
 * The path of a program's loader, from its ELF file: the segment of type PT_INTERP. Undefined when the program
 * is linked statically, or cannot be read.
 */
export function loaderOf(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      return loaderIn((offset, byteLength) => {
        const bytes = Buffer.alloc(byteLength);
        readSync(file, bytes, 0, byteLength, offset);
        return bytes;
      });
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Every Linux that Node.js supports and this package has binaries for is a little-endian 64-bit system. */
function loaderIn(read: (offset: number, byteLength: number) => Buffer): string | undefined {
  const header = read(0, headerBytes);
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const rowBytes = header.readUInt16LE(54);
  const rows = read(Number(header.readBigUInt64LE(32)), rowBytes * header.readUInt16LE(56));
  for (let at = 0; at < rows.length; at += rowBytes) {
    if (rows.readUInt32LE(at) !== loaderType) continue;
    const bytes = read(Number(rows.readBigUInt64LE(at + 8)), Number(rows.readBigUInt64LE(at + 32)));
    return bytes.toString('latin1').replace(/\0.*/s, '');
  }
  return undefined;
}
