/**
 * Units that can be checked: each names its writer and its number, and has a checksum of its bytes.
 *
 * A header of 20 bytes begins the payload. In a unit with an envelope, the header is the envelope. It holds
 * magic, writer, sequence, length of the rest and its CRC-32, each a little-endian uint32. An envelope may
 * be longer than the header: these bytes belong to the rest, behind the payload.
 */
import { crc32 } from 'node:zlib';

export const headerBytes = 20;
const magic = 0x41524e41;
const nothing = new Uint8Array(0);

/** @typedef {{ writer: number, sequence: number }} UnitName */
/** @typedef {UnitName & { byteLength: number }} Unit `byteLength` is that of the payload. */

/** Random bytes, from which payloads are cut at random places. */
export class Noise {
  /** @param {import('../random.js').Random} random @param {number} byteLength */
  constructor(random, byteLength) {
    this.random = random;
    this.bytes = new Uint8Array(byteLength);
    const words = new Uint32Array(this.bytes.buffer, 0, byteLength >>> 2);
    for (let i = 0; i < words.length; i++) words[i] = random.seed();
  }

  /** @param {number} byteLength */
  cut(byteLength) {
    const at = this.random.below(this.bytes.length - byteLength + 1);
    return this.bytes.subarray(at, at + byteLength);
  }
}

/**
 * @param {UnitName} name
 * @param {Uint8Array} rest The bytes after the header.
 * @param {Uint8Array} [tail] Their end, if it lies in the envelope.
 */
export function headerOf({ writer, sequence }, rest, tail = nothing) {
  const header = new DataView(new ArrayBuffer(headerBytes));
  header.setUint32(0, magic, true);
  header.setUint32(4, writer, true);
  header.setUint32(8, sequence, true);
  header.setUint32(12, rest.byteLength + tail.byteLength, true);
  header.setUint32(16, checksumOf(rest, tail), true);
  return new Uint8Array(header.buffer);
}

/**
 * Node's crc32 of no bytes is 0, whatever came before.
 *
 * @param {Uint8Array} rest
 * @param {Uint8Array} tail
 */
const checksumOf = (rest, tail) => (tail.byteLength === 0 ? crc32(rest) : crc32(tail, crc32(rest)));

/**
 * The envelope of a unit whose header is there: the header, and `tail`.
 *
 * @param {UnitName} name
 * @param {Uint8Array} bytes The payload.
 * @param {Uint8Array} tail
 */
export function envelopeOf(name, bytes, tail) {
  const envelope = new Uint8Array(headerBytes + tail.byteLength);
  envelope.set(headerOf(name, bytes, tail));
  envelope.set(tail, headerBytes);
  return envelope;
}

/**
 * Fills `target`, a unit without an envelope.
 *
 * @param {Uint8Array} target
 * @param {UnitName} name
 * @param {Uint8Array} rest As long as `target`, less the header.
 */
export function fillUnit(target, name, rest) {
  target.set(headerOf(name, rest));
  target.set(rest, headerBytes);
}

/**
 * @param {Uint8Array} bytes
 * @param {Uint8Array} envelope Empty when the header leads the payload.
 * @returns {Unit}
 * @throws {Error} The unit differs from the unit that was written.
 */
export function verifyUnit(bytes, envelope) {
  const led = envelope.byteLength === 0;
  const header = (led ? bytes : envelope).subarray(0, headerBytes);
  const rest = led ? bytes.subarray(headerBytes) : bytes;
  const tail = envelope.subarray(headerBytes);
  if (header.byteLength !== headerBytes) {
    throw new Error(`a unit of ${bytes.byteLength} bytes has a header of ${header.byteLength}`);
  }
  const view = new DataView(header.buffer, header.byteOffset, headerBytes);
  const field = (/** @type {number} */ at) => view.getUint32(at, true);
  const name = { writer: field(4), sequence: field(8), byteLength: bytes.byteLength };
  const expect = (
    /** @type {string} */ what,
    /** @type {number} */ found,
    /** @type {number} */ wanted,
  ) => {
    if (found === wanted) return;
    throw new Error(
      `unit ${name.sequence} of writer ${name.writer} (${bytes.byteLength} bytes): ${what} is ${found}, written was ${wanted}`,
    );
  };
  expect('its magic', field(0), magic);
  expect('its length', rest.byteLength + tail.byteLength, field(12));
  expect('its checksum', checksumOf(rest, tail), field(16));
  return name;
}
