/** Restores an item's values from its envelope and its unit. */
import type { Lease } from '@arena/shm-core';
import { privateCopy } from '../binaries/private-copy.js';
import { ByteReader } from './byte-reader.js';
import { decodeInline, decodeOffloaded } from './decode-binary.js';
import { decodeCoded } from './decode-coded.js';
import { structuredDecoders } from './decode-structured.js';
import { checkHeader, corrupt, flagSpilled, headerBytes, maxDepth, valueType } from './format.js';
import { setProperty } from './set-property.js';
import { UnitCursor } from './unit-cursor.js';

/** Stands for a value whose codec has not made it yet. */
const unfinished = Symbol('unfinished');
const noBytes = new Uint8Array(0);

export class EnvelopeDecoder {
  readonly in = new ByteReader();
  readonly unit = new UnitCursor();
  /** The item's objects so far. A reference names an object by its index. */
  #objects: unknown[] = [];
  #depth = 0;
  #lease: Lease | undefined;
  /** The decoded bytes: the envelope, or the tail of the unit that holds a spilled envelope. */
  #body: Uint8Array = noBytes;
  #ownBody: Uint8Array | undefined;
  #viewsUnit = false;

  /** True when the last decoded item views the lease's bytes. */
  get viewsUnit(): boolean {
    return this.#viewsUnit;
  }

  get lease(): Lease | undefined {
    return this.#lease;
  }

  /** @throws {ArenaError} `ERR_ARENA_CORRUPT`, `ERR_ARENA_INCOMPATIBLE`; whatever a codec throws. */
  decode(lease: Lease): unknown {
    const { envelope, bytes } = lease;
    checkHeader(envelope);
    this.#lease = lease;
    this.#viewsUnit = false;
    this.unit.begin(bytes);
    const spilled = envelope[1] === flagSpilled;
    if (spilled) this.#beginSpilled(envelope);
    else this.#begin(envelope, headerBytes);
    const item = this.value();
    this.#checkAllTaken(spilled);
    return item;
  }

  /** Forgets the item and the lease. */
  reset(): void {
    this.in.end();
    this.unit.begin(noBytes);
    this.#objects = [];
    this.#depth = 0;
    this.#lease = undefined;
    this.#body = noBytes;
    this.#ownBody = undefined;
  }

  value(): unknown {
    const type = this.in.byte();
    if (type >= valueType.smallInteger) return type - valueType.smallInteger;
    const read = readers[type];
    if (read === undefined) throw corrupt(`it holds a value of the unknown type ${type}`);
    return read(this);
  }

  /** Gives `value` the next number. Call it before reading the value's content. */
  numbered<T>(value: T): T {
    this.#objects.push(value);
    return value;
  }

  /** Reserves a number for a value that is made after its parts are read. */
  reserveNumber(): number {
    return this.#objects.push(unfinished) - 1;
  }

  /** Sets the value of the reserved `number`. */
  finish<T>(number: number, value: T): T {
    this.#objects[number] = value;
    return value;
  }

  /** Records that a value views the unit, so that the item keeps its lease. */
  noteView(): void {
    this.#viewsUnit = true;
  }

  enter(): void {
    if (++this.#depth > maxDepth) throw corrupt(`it is nested deeper than ${maxDepth} levels`);
  }

  leave(): void {
    this.#depth--;
  }

  /** Reads names and values into `target`. */
  properties<T extends object>(target: T): T {
    const count = this.in.count(2);
    this.enter();
    for (let i = 0; i < count; i++) {
      const name = this.in.name();
      setProperty(target, name, this.value());
    }
    this.leave();
    return target;
  }

  array(): unknown[] {
    const count = this.in.count(1);
    const array: unknown[] = this.numbered([]);
    this.enter();
    for (let i = 0; i < count; i++) array.push(this.value());
    this.leave();
    return array;
  }

  reference(): unknown {
    const number = this.in.varint();
    const value = this.#objects[number];
    if (number >= this.#objects.length || value === unfinished) {
      throw corrupt(`it refers to its value ${number}, of ${this.#objects.length} so far`);
    }
    return value;
  }

  /**
   * A copy of the body, which inline binaries view. The first inline binary makes the copy.
   *
   * This is intentional: inline binaries do not view the envelope itself. They may outlive it, and
   * they need an alignment that it does not have.
   */
  ownBody(): Uint8Array {
    this.#ownBody ??= privateCopy(this.#body);
    return this.#ownBody;
  }

  #begin(body: Uint8Array, from: number): void {
    this.#body = body;
    this.in.begin(body, from);
  }

  #beginSpilled(envelope: Uint8Array): void {
    this.in.begin(envelope, headerBytes);
    const byteLength = this.in.varint();
    if (this.in.remaining !== 0) {
      throw corrupt(`${this.in.remaining} bytes of its envelope are left over`);
    }
    // Copy the bytes: a writer that still changes the unit must not change checked bytes.
    this.#begin(new Uint8Array(this.unit.takeTail(byteLength)), 0);
    this.#ownBody = this.#body;
  }

  #checkAllTaken(spilled: boolean): void {
    this.unit.checkAllTaken(spilled);
    const { remaining } = this.in;
    if (remaining !== 0) throw corrupt(`${remaining} bytes of its envelope are left over`);
  }
}

const readers: ((decoder: EnvelopeDecoder) => unknown)[] = [...structuredDecoders];
readers[valueType.null] = () => null;
readers[valueType.undefined] = () => undefined;
readers[valueType.false] = () => false;
readers[valueType.true] = () => true;
readers[valueType.int32] = (decoder) => decoder.in.int32();
readers[valueType.float64] = (decoder) => decoder.in.float64();
readers[valueType.bigint64] = (decoder) => decoder.in.bigint64();
readers[valueType.string] = (decoder) => decoder.in.text();
readers[valueType.object] = (decoder) => decoder.properties(decoder.numbered({}));
readers[valueType.array] = (decoder) => decoder.array();
readers[valueType.reference] = (decoder) => decoder.reference();
readers[valueType.inline] = decodeInline;
readers[valueType.offloaded] = decodeOffloaded;
readers[valueType.coded] = decodeCoded;
