import { crc32 } from 'node:zlib';

/** Which record it is: every writer numbers its own, from 0. */
export interface RecordId {
  readonly writer: number;
  readonly sequence: number;
}

/** Bytes of a record's own header: writer, sequence, byte length, checksum, 32 bits each. */
export const recordHeaderBytes = 16;

/** Fills `bytes`, however many, with a record that says which one it is and proves that it is whole. */
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
 * Which record `bytes` are.
 *
 * @throws {Error} They are no whole record: torn, overwritten, cut off, or of something else.
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

/** Holds what one reader saw to what the writers wrote: nothing twice, nothing out of order. */
export class SequenceVerifier {
  readonly #next = new Map<number, number>();
  #gaps = 0;

  /**
   * @param options.gaps Whether records may be missing in between: where several readers share the
   *   stream, or an overwriting writer passes them.
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

  /** How many records came before the end of each writer's, by writer. */
  get counts(): ReadonlyMap<number, number> {
    return this.#next;
  }

  /** Records that were passed over. */
  get gaps(): number {
    return this.#gaps;
  }
}

/**
 * Holds what several readers saw together to what was written: every record to exactly one of them,
 * each reader's in order.
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
    // Marsaglia's xorshift: no two records look alike at any place.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
}

/** Over everything but the checksum itself. */
const checksum = (bytes: Uint8Array): number =>
  crc32(bytes.subarray(recordHeaderBytes), crc32(bytes.subarray(0, 12)));
