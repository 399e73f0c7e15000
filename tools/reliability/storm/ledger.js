/**
 * What a process of a crew says it has done, in records of 16 bytes through a socket, which keeps
 * them when the process is killed right after writing: the word of a dead witness.
 */
import { writeSync } from 'node:fs';

/** The descriptor of a crew's process that leads to the ledger's keeper. */
export const ledgerFd = 4;
const recordBytes = 16;

export const Entry = {
  /** The endpoint is open. */
  joined: 1,
  /** Units `a` to `a + b - 1` may be committed from here on. */
  begun: 2,
  /** They are committed. */
  committed: 3,
  /** Unit `b` of writer `a` was read. */
  saw: 4,
  /** Units may be missing between the one seen before and the next one. */
  gap: 5,
  /** Everything was done and closed. */
  ended: 6,
};

/** The writing end. */
export class LedgerWriter {
  #record = Buffer.alloc(recordBytes);

  /** @param {number} type @param {number} [a] @param {number} [b] */
  add(type, a = 0, b = 0) {
    this.#record.writeUInt32LE(type, 0);
    this.#record.writeUInt32LE(a, 4);
    this.#record.writeUInt32LE(b, 8);
    writeSync(ledgerFd, this.#record);
  }

  /** @param {import('./units.js').UnitName[]} names */
  saw(names) {
    const records = Buffer.alloc(recordBytes * names.length);
    for (const [index, { writer, sequence }] of names.entries()) {
      records.writeUInt32LE(Entry.saw, index * recordBytes);
      records.writeUInt32LE(writer, index * recordBytes + 4);
      records.writeUInt32LE(sequence, index * recordBytes + 8);
    }
    for (let at = 0; at < records.length; ) at += writeSync(ledgerFd, records, at);
  }
}

/** What has been read of one process's ledger. */
export class Ledger {
  joined = false;
  ended = false;
  /** Of a writer: units that are begun, and of these the ones that are committed, from 0 on. */
  begun = 0;
  committed = 0;
  /**
   * Of a reader: the units in the order in which it saw them, `null` for a gap.
   * @type {(import('./units.js').UnitName | null)[]}
   */
  seen = [];
  /** @type {() => void} */
  onJoined = () => {};
  #rest = Buffer.alloc(0);

  /** @param {Buffer} chunk */
  read(chunk) {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % recordBytes);
    for (let at = 0; at < whole; at += recordBytes) {
      this.#take(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8));
    }
    this.#rest = bytes.subarray(whole);
  }

  /** @param {number} type @param {number} a @param {number} b */
  #take(type, a, b) {
    if (type === Entry.joined) {
      this.joined = true;
      this.onJoined();
    } else if (type === Entry.begun) this.begun = Math.max(this.begun, a + b);
    else if (type === Entry.committed) this.committed = a + b;
    else if (type === Entry.saw) this.seen.push({ writer: a, sequence: b });
    else if (type === Entry.gap) this.seen.push(null);
    else if (type === Entry.ended) this.ended = true;
    else throw new Error(`a ledger holds a record of type ${type}`);
  }
}
