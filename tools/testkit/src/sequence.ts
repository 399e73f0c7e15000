import { crc32 } from 'node:zlib';

/** The identity of a record. Every writer numbers its records from 0. */
export interface RecordId {
  readonly writer: number;
  readonly sequence: number;
}

/** Bytes of the header in a record: writer, sequence, byte length and checksum, of 32 bits each. */
export const recordHeaderBytes = 16;

/** Fills `bytes` with a record that names its writer and number and carries a checksum. */
export function fillRecord(bytes: Uint8Array, { writer, sequence }: RecordId): void {
  fillPattern(bytes.subarray(recordHeaderBytes), writer * 2654435761 + sequence);
  const header = new DataView(bytes.buffer, bytes.byteOffset, recordHeaderBytes);
  header.setUint32(0, writer);
  header.setUint32(4, sequence);
  header.setUint32(8, bytes.byteLength);
  header.setUint32(12, checksum(bytes));
}

export function makeRecord(byteLength: number, id: RecordId): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  fillRecord(bytes, id);
  return bytes;
}

/**
 * Reads the identity of the record in `bytes`.
 *
 * @throws {Error} The bytes are no whole record: torn, overwritten, cut off, or other bytes.
 */
export function readRecord(bytes: Uint8Array): RecordId {
  if (bytes.byteLength < recordHeaderBytes) {
    throw new Error(`a record of ${bytes.byteLength} bytes has no room for its header`);
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, recordHeaderBytes);
  const id = { writer: header.getUint32(0), sequence: header.getUint32(4) };
  const name = `record ${id.sequence} of writer ${id.writer}`;
  if (header.getUint32(8) !== bytes.byteLength) {
    throw new Error(
      `${name} has ${bytes.byteLength} bytes, was written with ${header.getUint32(8)}`,
    );
  }
  if (header.getUint32(12) !== checksum(bytes)) throw new Error(`${name} is damaged`);
  return id;
}

/** Checks the records of one reader: no record comes twice or out of order. */
export class SequenceVerifier {
  readonly #next = new Map<number, number>();
  #gaps = 0;

  /**
   * @param options.gaps Whether records may be missing in between, because several readers share the
   *   stream, or a writer overwrites.
   */
  constructor(private readonly options: { readonly gaps?: boolean } = {}) {}

  /** @throws {Error} The record came before, or (without `gaps`) one before it is missing. */
  add({ writer, sequence }: RecordId): void {
    const expected = this.#next.get(writer) ?? 0;
    if (sequence < expected) {
      throw new Error(`record ${sequence} of writer ${writer} came after record ${expected - 1}`);
    }
    if (sequence > expected && !this.options.gaps) {
      throw new Error(
        `record ${expected} of writer ${writer} is missing before record ${sequence}`,
      );
    }
    this.#gaps += sequence - expected;
    this.#next.set(writer, sequence + 1);
  }

  addAll(ids: Iterable<RecordId>): this {
    for (const id of ids) this.add(id);
    return this;
  }

  /** For each writer, the number after its last record. */
  get counts(): ReadonlyMap<number, number> {
    return this.#next;
  }

  /** Number of missing records. */
  get gaps(): number {
    return this.#gaps;
  }
}

/**
 * Checks the records of several readers together: every record goes to exactly one reader, and each
 * reader sees its records in order.
 *
 * @returns Records by writer.
 * @throws {Error} A record is missing, came twice, or out of order.
 */
export function verifyShared(seenByReader: readonly (readonly RecordId[])[]): Map<number, number> {
  for (const seen of seenByReader) new SequenceVerifier({ gaps: true }).addAll(seen);
  const all = seenByReader.flat().sort((a, b) => a.writer - b.writer || a.sequence - b.sequence);
  return new Map(new SequenceVerifier().addAll(all).counts);
}

function fillPattern(bytes: Uint8Array, seed: number): void {
  let state = seed >>> 0 || 1;
  for (let at = 0; at < bytes.byteLength; at++) {
    // Marsaglia's xorshift: records differ everywhere.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
}

/** The checksum over all other bytes. */
const checksum = (bytes: Uint8Array): number =>
  crc32(bytes.subarray(recordHeaderBytes), crc32(bytes.subarray(0, 12)));
