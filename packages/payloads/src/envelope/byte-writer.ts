/** Writes envelopes one after another into slabs. So an envelope needs a view and no allocation. */
import { Buffer } from 'node:buffer';
import { alignUp, flagSpilled, headerBytes, magic } from './format.js';
import { placeOfText, wellKnownMark } from './well-known-texts.js';

const slabBytes = 65536;
/** With less than this left in a slab, the next envelope begins in a new slab. */
const leastBytes = 512;
/** Up to this length a loop over the characters is faster than a call into the runtime. */
const shortText = 24;
const wideCharacter = /[^\0-\xff]/;

const emptySlab = Buffer.alloc(0);

export class ByteWriter {
  #slab: Buffer = emptySlab;
  #floats = new DataView(emptySlab.buffer, 0, 0);
  #start = 0;
  #position = 0;

  /** Begins an envelope. Envelopes that were finished before stay as they are. */
  begin(spilled: boolean, tag: number): void {
    this.#start = alignUp(this.#position, 8);
    if (this.#start + leastBytes > this.#slab.length) this.#replaceSlab(slabBytes, 0);
    this.#position = this.#start;
    const slab = this.#slab;
    slab[this.#position++] = magic;
    slab[this.#position++] = spilled ? flagSpilled : 0;
    slab[this.#position++] = 0;
    slab[this.#position++] = 0;
    this.#int32(tag);
  }

  /** Bytes written since `begin`. */
  get length(): number {
    return this.#position - this.#start;
  }

  /** The envelope: a view of a part of the slab. That part is never written again. */
  finish(): Uint8Array {
    const slab = this.#slab;
    const envelope = new Uint8Array(slab.buffer, slab.byteOffset + this.#start, this.length);
    if (slab.length > slabBytes) this.#forgetSlab();
    return envelope;
  }

  /** Drops the envelope that was begun. */
  abandon(): void {
    this.#position = this.#start;
    if (this.#slab.length > slabBytes) this.#forgetSlab();
  }

  byte(value: number): void {
    if (this.#position === this.#slab.length) this.#grow(1);
    this.#slab[this.#position++] = value;
  }

  /** A whole number of 0 to 2^53. */
  varint(value: number): void {
    this.#reserve(8);
    const slab = this.#slab;
    let rest = value;
    while (rest >= 0x80) {
      slab[this.#position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    slab[this.#position++] = rest;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#int32(value);
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#floats.setFloat64(this.#position, value, true);
    this.#position += 8;
  }

  bigint64(value: bigint): void {
    this.#reserve(8);
    this.#floats.setBigInt64(this.#position, value, true);
    this.#position += 8;
  }

  /**
   * Writes one byte for each character when all characters fit. Otherwise writes UTF-16, with lone surrogates
   * unchanged.
   */
  text(text: string): void {
    const place = placeOfText.get(text);
    if (place !== undefined) this.#wellKnown(place);
    else if (text.length > shortText) this.#longText(text);
    else this.#shortText(text);
  }

  /** Zeroes up to the next multiple of `alignment` from the envelope's start. */
  align(alignment: number): void {
    const end = this.#start + alignUp(this.length, alignment);
    if (end > this.#slab.length) {
      this.zeros(end - this.#position);
    } else {
      while (this.#position < end) this.#slab[this.#position++] = 0;
    }
  }

  zeros(count: number): void {
    this.#reserve(count);
    this.#slab.fill(0, this.#position, this.#position + count);
    this.#position += count;
  }

  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#slab.set(source, this.#position);
    this.#position += source.length;
  }

  /** Room for `count` bytes. The caller fills them before it writes anything else. */
  room(count: number): Uint8Array {
    this.#reserve(count);
    const from = this.#slab.byteOffset + this.#position;
    this.#position += count;
    return new Uint8Array(this.#slab.buffer, from, count);
  }

  #wellKnown(place: number): void {
    this.#reserve(2);
    this.#slab[this.#position++] = wellKnownMark;
    this.#slab[this.#position++] = place;
  }

  #int32(value: number): void {
    const slab = this.#slab;
    slab[this.#position++] = value;
    slab[this.#position++] = value >> 8;
    slab[this.#position++] = value >> 16;
    slab[this.#position++] = value >> 24;
  }

  #shortText(text: string): void {
    this.#reserve(1 + 2 * text.length);
    const slab = this.#slab;
    let position = this.#position;
    slab[position++] = text.length << 1;
    for (let i = 0; i < text.length; i++) {
      const character = text.charCodeAt(i);
      if (character > 0xff) {
        this.#wideText(text);
        return;
      }
      slab[position++] = character;
    }
    this.#position = position;
  }

  #longText(text: string): void {
    if (wideCharacter.test(text)) {
      this.#wideText(text);
      return;
    }
    this.varint(text.length * 2);
    this.#reserve(text.length);
    this.#position += this.#slab.write(text, this.#position, 'latin1');
  }

  #wideText(text: string): void {
    this.varint(text.length * 2 + 1);
    this.#reserve(text.length * 2);
    this.#position += this.#slab.write(text, this.#position, 'utf16le');
  }

  #reserve(count: number): void {
    if (this.#position + count > this.#slab.length) this.#grow(count);
  }

  #grow(count: number): void {
    this.#replaceSlab(Math.max(slabBytes, 2 * (this.length + count)), this.length);
  }

  /** Goes on in a new slab, with a copy of the last `kept` bytes. */
  #replaceSlab(size: number, kept: number): void {
    // The slab is not zeroed, because every byte of an envelope is written, also the gaps before binaries.
    const slab = Buffer.allocUnsafeSlow(size);
    this.#slab.copy(slab, 0, this.#start, this.#start + kept);
    this.#slab = slab;
    this.#floats = new DataView(slab.buffer, slab.byteOffset, slab.length);
    this.#start = 0;
    this.#position = kept;
  }

  /**
   * A slab that has grown for a large envelope serves that envelope only, so that it can be freed with it.
   */
  #forgetSlab(): void {
    this.#slab = emptySlab;
    this.#floats = new DataView(emptySlab.buffer, 0, 0);
    this.#start = 0;
    this.#position = 0;
  }
}

/** Bytes of a finished envelope behind its header. */
export function bodyOf(envelope: Uint8Array): Uint8Array {
  return envelope.subarray(headerBytes);
}
