/** Writes one item's values into an envelope, and plans which binaries go into the unit. */
import { types } from 'node:util';
import { invalidType, reasonToStay } from '@arena/shm-core/internal';
import type { Codec } from '../codec.js';
import { registeredCodecFor } from '../codecs/registry.js';
import { tensorCodec } from '../codecs/tensor.js';
import { tensorLibraryOf } from '../codecs/tensor-libraries.js';
import { ByteWriter } from './byte-writer.js';
import { encodeArrayBuffer, encodeView } from './encode-binary.js';
import { encodeCoded } from './encode-coded.js';
import { structuredEncoders } from './encode-structured.js';
import { maxDepth, valueType } from './format.js';
import { IdentityTable } from './identity-table.js';
import { ItemPath, stepKind } from './item-path.js';
import { nameOf, objectKind } from './object-kind.js';
import { UnitPlan } from './unit-plan.js';

const leaveOut = 'Leave it out, or register a codec for the object that holds it';
const replace = 'Send plain data instead';
const replaceOrEncode = `${replace}, or register a codec for it`;

export class EnvelopeEncoder {
  readonly out = new ByteWriter();
  readonly path = new ItemPath();
  readonly unit = new UnitPlan();
  readonly #seen = new IdentityTable();
  /** Numbers of the values whose meta is being encoded. The meta must not refer to these values. */
  readonly #beingDescribed: number[] = [];
  #copyThreshold = 0;
  #cloneable = true;
  #wanted: ArrayBufferView | undefined;
  #foundAt: string | undefined;

  /** Binaries of more bytes than this go into the unit. */
  get copyThreshold(): number {
    return this.#copyThreshold;
  }

  /** False when the item holds a value that structured clone would lose, or could not read. */
  get cloneable(): boolean {
    return this.#cloneable;
  }

  /** Encodes `item` behind a header; the envelope is finished by the caller. */
  encode(item: unknown, tag: number, copyThreshold: number): void {
    this.#copyThreshold = copyThreshold;
    this.#cloneable = true;
    this.out.begin(false, tag);
    this.value(item);
  }

  /** Forgets the item, also when encoding it has failed. */
  reset(): void {
    this.#seen.clear();
    this.path.reset();
    this.#beingDescribed.length = 0;
    this.unit.clear();
  }

  /** The view whose path is searched, if a path is searched. */
  get wanted(): ArrayBufferView | undefined {
    return this.#wanted;
  }

  /** Records the path of the searched view, which comes next. */
  found(): void {
    this.#foundAt ??= this.path.toString();
  }

  /** The place of the view in `item`, as an expression; undefined when `item` no longer holds it. */
  find(item: unknown, view: ArrayBufferView): string | undefined {
    this.#wanted = view;
    try {
      this.encode(item, 0, 0);
    } catch {
      // This value cannot be sent. It is most likely the view itself.
    }
    return this.#foundAt;
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
    else if (ArrayBuffer.isView(value)) encodeView(this, value, prototype);
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
    // Names of properties come after the indices, so this finds holes and properties.
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

  #other(value: object): void {
    const kind = objectKind(value);
    if (kind === 'unsendable') throw this.#unsendable(value);
    if (kind === 'arrayBuffer') encodeArrayBuffer(this, value as ArrayBuffer);
    else if (kind === 'instance') this.#instance(value);
    else {
      // Node 20's structured clone writes an error that is part of its own cause, and cannot read it.
      if (kind === 'error') this.#cloneable = false;
      structuredEncoders[kind](this, value);
    }
  }

  #instance(value: object): void {
    if (tensorLibraryOf(value)) this.#coded(tensorCodec, value);
    else this.#plain(value);
  }

  #coded(codec: Codec, value: object): void {
    this.#cloneable = false;
    const number = this.#seen.last;
    const encoded = encodeCoded(this, codec, value);
    this.#beingDescribed.push(number);
    this.enter();
    this.path.step(stepKind.meta, codec.name);
    this.value(encoded.meta);
    this.path.leave();
    this.#beingDescribed.pop();
  }

  #unsendable(value: unknown) {
    return this.path.unsendable(`${nameOf(value)} and cannot be sent`, this.#remedyFor(value));
  }

  #remedyFor(value: unknown): string {
    if (types.isSharedArrayBuffer(value)) {
      return 'Send a typed array over it, whose bytes are copied';
    }
    const isObject = typeof value === 'object' && value !== null;
    const reason = isObject && !types.isProxy(value) ? reasonToStay(value) : undefined;
    if (reason) return reason.instead;
    if (this.path.depth > 0) return leaveOut;
    return isObject ? replaceOrEncode : replace;
  }
}
