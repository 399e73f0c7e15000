/** Reads an envelope's body without trusting it: no read goes beyond the body's bytes. */
import { Buffer } from 'node:buffer';
import { alignUp, corrupt } from './format.js';
import { wellKnownMark, wellKnownTexts } from './well-known-texts.js';

/** Up to this length, adding one character after the other is faster than a call into the runtime. */
const shortText = 12;
const longestName = 32;
const nameSlots = 1024;

/** Names of properties that were read before. The same string is used again instead of a new one. */
const names: string[] = new Array(nameSlots).fill('');

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);
const bigint = new BigInt64Array(float.buffer);
const empty = new Uint8Array(0);

export class ByteReader {
  #bytes: Uint8Array = empty;
  #position = 0;

  /** Begins at `position` of `bytes`, which are private memory. */
  begin(bytes: Uint8Array, position: number): void {
    this.#bytes = bytes;
    this.#position = position;
  }

  end(): void {
    this.#bytes = empty;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  byte(): number {
    const at = this.#position;
    const value = this.#bytes[at];
    if (value === undefined) throw this.#cutOff();
    this.#position = at + 1;
    return value;
  }

  varint(): number {
    const bytes = this.#bytes;
    let at = this.#position;
    const first = bytes[at++];
    if (first !== undefined && first < 0x80) {
      this.#position = at;
      return first;
    }
    let next = first;
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      if (next === undefined) throw this.#cutOff();
      value += (next & 0x7f) * scale;
      if (next < 0x80) {
        this.#position = at;
        return this.#safe(value);
      }
      next = bytes[at++];
    }
    throw corrupt('it holds a number of more than 8 bytes');
  }

  /** A number of members. Fails when the bytes left are fewer than `leastBytes` for each. */
  count(leastBytes: number): number {
    const count = this.varint();
    if (count * leastBytes > this.remaining) {
      throw corrupt(`it announces ${count} members in ${this.remaining} bytes`);
    }
    return count;
  }

  int32(): number {
    const at = this.#take(4);
    const bytes = this.#bytes as unknown as number[];
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    );
  }

  float64(): number {
    this.#takeEight();
    return float[0] as number;
  }

  bigint64(): bigint {
    this.#takeEight();
    return bigint[0] as bigint;
  }

  text(): string {
    if (this.#bytes[this.#position] === wellKnownMark) return this.#wellKnown();
    const header = this.varint();
    const length = Math.floor(header / 2);
    if (header % 2 === 1) return this.#decode('utf16le', length * 2);
    return length > shortText ? this.#decode('latin1', length) : this.#shortText(length);
  }

  /** The name of a property: like `text`, but names that were read before are not made again. */
  name(): string {
    const from = this.#position;
    if (this.#bytes[from] === wellKnownMark) return this.#wellKnown();
    const header = this.varint();
    // Compare before the shift: a shift changes numbers beyond 2^31, and makes some negative.
    const usual = header % 2 === 0 && header > 0 && header <= 2 * longestName;
    const length = header >> 1;
    if (!usual || length > this.remaining) {
      this.#position = from;
      return this.text();
    }
    const at = this.#position;
    const bytes = this.#bytes;
    const slot = slotOf(bytes[at] as number, bytes[at + length - 1] as number, length);
    const known = names[slot] as string;
    if (known.length === length && this.#holds(known, at)) {
      this.#position = at + length;
      return known;
    }
    const name = this.#decode('latin1', length);
    names[slot] = name;
    return name;
  }

  /** Skips to the next multiple of `alignment`, then over `byteLength` bytes; returns their place. */
  aligned(alignment: number, byteLength: number): number {
    this.#position = alignUp(this.#position, alignment);
    return this.#take(byteLength);
  }

  #wellKnown(): string {
    const place = this.#bytes[this.#position + 1];
    if (place === undefined) throw this.#cutOff();
    const text = wellKnownTexts[place];
    if (text === undefined) throw corrupt(`it names the unknown text ${place}`);
    this.#position += 2;
    return text;
  }

  #holds(text: string, at: number): boolean {
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) !== this.#bytes[at + i]) return false;
    }
    return true;
  }

  #shortText(length: number): string {
    const at = this.#take(length);
    let text = '';
    for (let i = at; i < at + length; i++) text += String.fromCharCode(this.#bytes[i] as number);
    return text;
  }

  #decode(encoding: 'latin1' | 'utf16le', byteLength: number): string {
    const at = this.#take(byteLength);
    const { buffer, byteOffset } = this.#bytes;
    return Buffer.from(buffer, byteOffset + at, byteLength).toString(encoding);
  }

  #takeEight(): void {
    const at = this.#take(8);
    for (let i = 0; i < 8; i++) floatBytes[i] = this.#bytes[at + i] as number;
  }

  #take(byteLength: number): number {
    const at = this.#position;
    if (!(at + byteLength <= this.#bytes.length)) throw this.#cutOff();
    this.#position = at + byteLength;
    return at;
  }

  #safe(value: number): number {
    if (Number.isSafeInteger(value)) return value;
    throw corrupt(`it holds the number ${value}`);
  }

  #cutOff() {
    return corrupt(`its envelope ends after ${this.#bytes.length} bytes, in the middle of a value`);
  }
}

function slotOf(first: number, last: number, length: number): number {
  return (first * 31 + last * 7 + length * 131) % nameSlots;
}
