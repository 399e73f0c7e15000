/** Writes one item's values into an envelope, and decides which binaries go into the unit. */
import { types } from 'node:util';
import { invalidType } from '@arena/shm-core';
import { isDetached } from '../binaries/bytes.js';
import { arrayBufferKind, binaryKinds, kindOfView } from '../binaries/kinds.js';
import {
  type CheckedPayload,
  checkPayload,
  fill,
  type PlacedPayload,
} from '../binaries/payload.js';
import type { Codec, EncodedValue, PayloadSource } from '../codec.js';
import { builtInCodecFor, registeredCodecFor } from '../codecs/registry.js';
import { ByteWriter } from './byte-writer.js';
import { structuredEncoders } from './encode-structured.js';
import { alignUp, maxDepth, payloadAlignment, valueType } from './format.js';
import { IdentityTable } from './identity-table.js';
import { ItemPath, stepKind } from './item-path.js';
import { nameOf, objectKind } from './object-kind.js';

const leaveOut = 'Leave it out, or register a codec for the object that holds it';

export class EnvelopeEncoder {
  readonly out = new ByteWriter();
  readonly path = new ItemPath();
  readonly #seen = new IdentityTable();
  /** Numbers of the values whose meta is being encoded: nothing inside it may refer to them. */
  readonly #beingDescribed: number[] = [];
  #payloads: PlacedPayload[] = [];
  #unitBytes = 0;
  #copyThreshold = 0;

  /** Where the unit's payloads end. */
  get unitBytes(): number {
    return this.#unitBytes;
  }

  /** The payloads of the item that was encoded last; the caller keeps them. */
  takePayloads(): readonly PlacedPayload[] {
    const payloads = this.#payloads;
    this.#payloads = [];
    return payloads;
  }

  /** Encodes `item` behind a header; the envelope is finished by the caller. */
  encode(item: unknown, tag: number, copyThreshold: number): void {
    this.#copyThreshold = copyThreshold;
    this.#unitBytes = 0;
    this.out.begin(false, tag);
    this.value(item);
  }

  /** Lets go of the item, whether it was encoded or not. */
  reset(): void {
    this.#seen.clear();
    this.path.reset();
    this.#beingDescribed.length = 0;
    if (this.#payloads.length > 0) this.#payloads = [];
  }

  value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.out.byte(valueType.string);
        this.out.text(value);
        return;
      case 'number':
        this.#number(value);
        return;
      case 'object':
        if (value === null) this.out.byte(valueType.null);
        else this.#object(value);
        return;
      case 'boolean':
        this.out.byte(value ? valueType.true : valueType.false);
        return;
      case 'undefined':
        this.out.byte(valueType.undefined);
        return;
      case 'bigint':
        this.#bigint(value);
        return;
      default:
        throw this.#unsendable(value);
    }
  }

  /** Writes own enumerable properties: their number, then each name and value. */
  properties(value: object, names: readonly string[]): void {
    const out = this.out;
    out.varint(names.length);
    this.enter();
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      this.path.property(name);
      out.text(name);
      this.value((value as Record<string, unknown>)[name]);
    }
    this.path.leave();
  }

  /** Goes one level down; each way back calls `path.leave`. */
  enter(): void {
    if (this.path.depth >= maxDepth) {
      throw this.path.unsendable(
        `nested deeper than ${maxDepth} levels`,
        'Send it flat, or as text',
      );
    }
    this.path.enter(stepKind.property);
  }

  #number(value: number): void {
    const out = this.out;
    if ((value | 0) === value && !Object.is(value, -0)) {
      if (value >= 0 && value < 128) {
        out.byte(valueType.smallInteger + value);
      } else {
        out.byte(valueType.int32);
        out.int32(value);
      }
    } else {
      out.byte(valueType.float64);
      out.float64(value);
    }
  }

  #bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.out.byte(valueType.bigint64);
      this.out.bigint64(value);
    } else {
      this.out.byte(valueType.bigint);
      this.out.text(value.toString(16));
    }
  }

  #object(value: object): void {
    const earlier = this.#seen.add(value);
    if (earlier >= 0) {
      this.#reference(earlier);
      return;
    }
    const codec = registeredCodecFor(value);
    if (codec) {
      this.#coded(codec, value);
      return;
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) this.#plain(value);
    else if (Array.isArray(value)) this.#array(value);
    else if (ArrayBuffer.isView(value)) this.#view(value, prototype);
    else this.#other(value);
  }

  #reference(earlier: number): void {
    if (this.#beingDescribed.includes(earlier)) {
      throw invalidType(
        `${this.path} is the value that is being described; a codec must not put it into its meta`,
      );
    }
    this.out.byte(valueType.reference);
    this.out.varint(earlier);
  }

  #plain(value: object): void {
    this.out.byte(valueType.object);
    this.properties(value, Object.keys(value));
  }

  #array(value: readonly unknown[]): void {
    const names = Object.keys(value);
    const { length } = value;
    // Names of properties come behind the indices, so this finds holes and properties alike.
    if (names.length !== length || (length > 0 && names[length - 1] !== String(length - 1))) {
      this.out.byte(valueType.sparseArray);
      this.out.varint(length);
      this.properties(value, names);
      return;
    }
    this.out.byte(valueType.array);
    this.out.varint(length);
    this.enter();
    for (let i = 0; i < length; i++) {
      const member = value[i];
      if (typeof member === 'number') {
        this.#number(member);
        continue;
      }
      this.path.property(i);
      this.value(member);
    }
    this.path.leave();
  }

  #view(value: ArrayBufferView, prototype: object | null): void {
    this.#binary(value, kindOfView(value, prototype), this.#lengthOf(value));
  }

  #lengthOf(view: ArrayBufferView): number {
    let byteLength = 0;
    try {
      byteLength = view.byteLength;
    } catch {
      // Only a DataView throws here: detached, or beyond the end of a buffer that has shrunk.
      throw this.#detached();
    }
    if (byteLength === 0 && isDetached(view.buffer)) throw this.#detached();
    return byteLength;
  }

  #binary(value: ArrayBufferView, code: number, byteLength: number): void {
    const out = this.out;
    if (byteLength > this.#copyThreshold) {
      out.byte(valueType.offloaded);
      out.varint(code);
      out.varint(byteLength);
      this.#place(value, byteLength, payloadAlignment, 0);
      return;
    }
    out.byte(valueType.inline);
    out.varint(code);
    out.varint(byteLength);
    out.align(binaryKinds[code]?.elementSize as number);
    out.bytes(
      value instanceof Uint8Array
        ? value
        : new Uint8Array(value.buffer, value.byteOffset, byteLength),
    );
  }

  #place(
    source: ArrayBufferView | PayloadSource,
    byteLength: number,
    alignment: number,
    padding: number,
  ): void {
    const byteOffset = alignUp(this.#unitBytes, alignment);
    this.#payloads.push({ source, byteOffset, byteLength, padding });
    this.#unitBytes = byteOffset + byteLength + padding;
  }

  #other(value: object): void {
    const kind = objectKind(value);
    if (kind === 'unsendable') throw this.#unsendable(value);
    if (kind === 'arrayBuffer') this.#arrayBuffer(value as ArrayBuffer);
    else if (kind === 'instance') this.#instance(value);
    else structuredEncoders[kind](this, value);
  }

  #arrayBuffer(value: ArrayBuffer): void {
    if (isDetached(value)) throw this.#detached();
    this.#binary(new Uint8Array(value, 0, value.byteLength), arrayBufferKind, value.byteLength);
  }

  #instance(value: object): void {
    const codec = builtInCodecFor(value);
    if (codec) this.#coded(codec, value);
    else this.#plain(value);
  }

  #coded(codec: Codec, value: object): void {
    const number = this.#seen.last;
    const encoded = codec.encode(value);
    const payloads = (encoded.payloads ?? []).map((payload) => checkPayload(codec, payload));
    let byteLength = 0;
    for (const payload of payloads) byteLength += payload.byteLength + payload.padding;
    const offloaded = byteLength > this.#copyThreshold;

    this.out.byte(valueType.coded);
    this.out.text(codec.name);
    this.out.byte(offloaded ? 1 : 0);
    this.out.varint(payloads.length);
    for (const payload of payloads) {
      if (offloaded) this.#placeCoded(payload);
      else this.#inlineCoded(payload);
    }
    this.#meta(codec, encoded, number);
  }

  #meta(codec: Codec, encoded: EncodedValue, number: number): void {
    this.#beingDescribed.push(number);
    this.enter();
    this.path.step(stepKind.meta, codec.name);
    this.value(encoded.meta);
    this.path.leave();
    this.#beingDescribed.pop();
  }

  #placeCoded(payload: CheckedPayload): void {
    this.out.varint(payload.byteLength);
    this.out.varint(payload.alignment);
    this.out.varint(payload.padding);
    this.#place(payload.source, payload.byteLength, payload.alignment, payload.padding);
  }

  #inlineCoded({ source, byteLength, padding }: CheckedPayload): void {
    this.out.varint(byteLength);
    this.out.varint(padding);
    this.out.align(8);
    fill(source, this.out.room(byteLength));
    this.out.zeros(padding);
  }

  #unsendable(value: unknown) {
    const remedy = types.isSharedArrayBuffer(value)
      ? 'Send a typed array over it, whose bytes are copied'
      : leaveOut;
    return this.path.unsendable(`${nameOf(value)} and cannot be sent`, remedy);
  }

  #detached() {
    return this.path.unsendable(
      'detached or out of the bounds of its buffer',
      'Send it before it is transferred or shrunk',
    );
  }
}
