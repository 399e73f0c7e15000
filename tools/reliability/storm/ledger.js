/**
 * The ledger of a process in a crew: the steps that it has done, in records of 16 bytes through a socket.
 * The socket keeps the records when the process is killed right after writing them.
 */
import { writeSync } from 'node:fs';

/** The descriptor on which a process of the crew writes its ledger. */
export const ledgerFd = 4;
const recordBytes = 16;

export const Entry = {
  /** The endpoint is open. */
  joined: 1,
  /** Units `a` to `a + b - 1` may be committed from here on. */
  begun: 2,
  /** Units `a` to `a + b - 1` are committed, with a payload of `c` bytes in all. */
  committed: 3,
  /** Unit `b` of writer `a` was read, with a payload of `c` bytes. */
  saw: 4,
  /** The reader was told that it lost `a` units between the one seen before and the next one. */
  gap: 5,
  /** The process has done everything and closed. A reader has lost `a` units in sum. */
  ended: 6,
};

/** The writing end. */
export class LedgerWriter {
  #record = Buffer.alloc(recordBytes);

  /** @param {number} type @param {number} [a] @param {number} [b] @param {number} [c] */
  add(type, a = 0, b = 0, c = 0) {
    fill(this.#record, 0, [type, a, b, c]);
    writeSync(ledgerFd, this.#record);
  }

  /** @param {import('./units.js').Unit[]} units */
  saw(units) {
    const records = Buffer.alloc(recordBytes * units.length);
    for (const [index, { writer, sequence, byteLength }] of units.entries()) {
      fill(records, index * recordBytes, [Entry.saw, writer, sequence, byteLength]);
    }
    for (let at = 0; at < records.length; ) at += writeSync(ledgerFd, records, at);
  }
}

/** @param {Buffer} buffer @param {number} at @param {number[]} words */
function fill(buffer, at, words) {
  for (const [index, word] of words.entries()) buffer.writeUInt32LE(word, at + 4 * index);
}

/** The ledger of one process, as far as it was read. */
export class Ledger {
  joined = false;
  ended = false;
  /** Of a writer: the number of units that it has begun, and of those that it has committed. */
  begun = 0;
  committed = 0;
  /**
   * Of a reader: the units in the order in which it saw them, `null` for a gap.
   * @type {(import('./units.js').UnitName | null)[]}
   */
  seen = [];
  /** Payload bytes of the committed units, or of the seen units. */
  bytes = 0;
  /** Of a reader: the lost units that it was told of, and the sum at its end. */
  told = 0;
  lost = 0;
  /** @type {() => void} */
  onJoined = () => {};
  #rest = Buffer.alloc(0);

  /** @param {Buffer} chunk */
  read(chunk) {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % recordBytes);
    for (let at = 0; at < whole; at += recordBytes) {
      const word = (/** @type {number} */ index) => bytes.readUInt32LE(at + 4 * index);
      this.#take(word(0), word(1), word(2), word(3));
    }
    this.#rest = bytes.subarray(whole);
  }

  /** @param {number} type @param {number} a @param {number} b @param {number} c */
  #take(type, a, b, c) {
    if (type === Entry.joined) {
      this.joined = true;
      this.onJoined();
    } else if (type === Entry.begun) this.begun = Math.max(this.begun, a + b);
    else if (type === Entry.committed) {
      this.committed = a + b;
      this.bytes += c;
    } else if (type === Entry.saw) {
      this.seen.push({ writer: a, sequence: b });
      this.bytes += c;
    } else if (type === Entry.gap) {
      this.seen.push(null);
      this.told += a;
    } else if (type === Entry.ended) {
      this.ended = true;
      this.lost = a;
    } else throw new Error(`a ledger holds a record of type ${type}`);
  }
}
