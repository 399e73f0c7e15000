import { crc32c } from '../kit/native.js';

// What a record carries: sequence (8 bytes) and writer (4) at its start, a CRC-32C of everything
// before it at its end (4), all little-endian, and between them what is transported.
const writerOffset = 8;
const checksumBytes = 4;
const wordSize = 2 ** 32;

/** The CRC-32C of whatever ends with its own CRC-32C. */
const residue = 0x48674bc7;

/** A record in private memory that is stamped and written again and again. */
export class OutgoingRecord {
  readonly #view: DataView;
  readonly #covered: Uint8Array;

  constructor(
    readonly bytes: Uint8Array,
    writer: number,
    private readonly checksummed: boolean,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#covered = bytes.subarray(0, bytes.byteLength - checksumBytes);
    this.#view.setUint32(writerOffset, writer, true);
  }

  stamp(sequence: number): void {
    this.#view.setUint32(0, sequence % wordSize, true);
    this.#view.setUint32(4, Math.floor(sequence / wordSize), true);
    if (this.checksummed)
      this.#view.setUint32(this.#covered.byteLength, crc32c(this.#covered), true);
  }
}

/** What arrived. */
export interface IncomingRecord {
  readonly sequence: number;
  readonly writer: number;
  /** False when its bytes are not what its writer made the checksum of. */
  readonly intact: boolean;
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

/** By the byte: a DataView of each record would cost more than all of this. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  (byteAt(bytes, at) |
    (byteAt(bytes, at + 1) << 8) |
    (byteAt(bytes, at + 2) << 16) |
    (byteAt(bytes, at + 3) << 24)) >>>
  0;

/** Looks at a record where it lies; with `checksummed`, at every byte of it. */
export const readRecord = (bytes: Uint8Array, checksummed: boolean): IncomingRecord => ({
  sequence: wordAt(bytes, 0) + wordAt(bytes, 4) * wordSize,
  writer: wordAt(bytes, writerOffset),
  intact: !checksummed || crc32c(bytes) === residue,
});
