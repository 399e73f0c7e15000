import { crc32c } from '../kit/native.js';

// A record begins with its sequence (8 bytes) and its writer (4). It ends with a CRC-32C of all bytes
// before (4). All three are little-endian. Between them lies the payload.
const writerOffset = 8;
const checksumBytes = 4;
const wordSize = 2 ** 32;

/** The CRC-32C of all data that end with their own CRC-32C. */
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

/** A record that arrived. */
export interface IncomingRecord {
  readonly sequence: number;
  readonly writer: number;
  /** False when the checksum does not fit the bytes. */
  readonly intact: boolean;
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

/** Reads byte by byte: making a DataView of each record would cost more. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  (byteAt(bytes, at) |
    (byteAt(bytes, at + 1) << 8) |
    (byteAt(bytes, at + 2) << 16) |
    (byteAt(bytes, at + 3) << 24)) >>>
  0;

/** Looks at a record in place; with `checksummed`, at every byte of it. */
export const readRecord = (bytes: Uint8Array, checksummed: boolean): IncomingRecord => ({
  sequence: wordAt(bytes, 0) + wordAt(bytes, 4) * wordSize,
  writer: wordAt(bytes, writerOffset),
  intact: !checksummed || crc32c(bytes) === residue,
});
