/** Makes an item's values again from its envelope and the unit that came with it. */
import { ArenaError, type Lease } from '@arena/shm-core';
import { binaryKinds } from '../binaries/kinds.js';
import { isAlignment } from '../binaries/payload.js';
import { privateCopy } from '../binaries/private-copy.js';
import type { BinaryKind } from '../binaries/typed-arrays.js';
import { codecNamed } from '../codecs/registry.js';
import { ByteReader } from './byte-reader.js';
import { structuredDecoders } from './decode-structured.js';
import {
  alignUp,
  checkHeader,
  corrupt,
  flagSpilled,
  headerBytes,
  maxDepth,
  payloadAlignment,
  valueType,
} from './format.js';
import { setProperty } from './set-property.js';

/** Stands for a value whose codec has not made it yet. */
const unfinished = Symbol('unfinished');
const noBytes = new Uint8Array(0);

export class EnvelopeDecoder {
  readonly in = new ByteReader();
  /** The item's objects so far; their places are what references name. */
  #objects: unknown[] = [];
  #depth = 0;
  #lease: Lease | undefined;
  /** The envelope, or what had spilled into the unit. */
  #body: Uint8Array = noBytes;
  /** Its copy that inline binaries view, made for the first of them. */
  #binaries: Uint8Array | undefined;
  #unit: Uint8Array = noBytes;
  /** Where the unit's payloads end, and how far they are taken. */
  #payloadsEnd = 0;
  #taken = 0;
  #viewsUnit = false;

  /** True when what was decoded last views the lease's bytes. */
  get viewsUnit(): boolean {
    return this.#viewsUnit;
  }

  /** @throws {ArenaError} `ERR_ARENA_CORRUPT`, `ERR_ARENA_INCOMPATIBLE`; whatever a codec throws. */
  decode(lease: Lease): unknown {
    const { envelope, bytes } = lease;
    checkHeader(envelope);
    this.#lease = lease;
    this.#unit = bytes;
    this.#taken = 0;
    this.#viewsUnit = false;
    const spilled = envelope[1] === flagSpilled;
    if (spilled) this.#beginSpilled(envelope, bytes);
    else this.#begin(envelope, headerBytes, bytes.byteLength);
    const item = this.value();
    this.#checkAllTaken(spilled);
    return item;
  }

  /** Lets go of the item and the lease. */
  reset(): void {
    this.in.end();
    this.#objects = [];
    this.#depth = 0;
    this.#lease = undefined;
    this.#body = noBytes;
    this.#binaries = undefined;
    this.#unit = noBytes;
  }

  value(): unknown {
    const type = this.in.byte();
    if (type >= valueType.smallInteger) return type - valueType.smallInteger;
    const read = readers[type];
    if (read === undefined) throw corrupt(`it holds a value of the unknown type ${type}`);
    return read(this);
  }

  /** Gives `value` the next number; called before anything inside it is read. */
  numbered<T>(value: T): T {
    this.#objects.push(value);
    return value;
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

  /** A binary that travelled in the body: a view of private memory, on its own alignment. */
  inline(): unknown {
    const kind = this.#kind();
    const byteLength = this.in.varint();
    const at = this.in.aligned(kind.elementSize, byteLength);
    return this.numbered(restore(kind, this.#ownBody(), at, byteLength));
  }

  /** A binary in the unit, as a view of it. */
  offloaded(): unknown {
    const kind = this.#kind();
    const byteLength = this.in.varint();
    const at = this.#take(byteLength, payloadAlignment, 0);
    if (kind.view) this.#viewsUnit = true;
    return this.numbered(restore(kind, this.#unit, at, byteLength));
  }

  coded(): unknown {
    const name = this.in.text();
    const codec = codecNamed(name);
    if (codec === undefined) throw unknownCodec(name);
    const place = this.#objects.length;
    this.numbered(unfinished);
    const offloaded = this.in.byte() === 1;
    const payloads = this.#codedPayloads(offloaded);
    this.enter();
    const meta = this.value();
    this.leave();
    const owner = offloaded ? (this.#lease as Lease) : null;
    const value = codec.decode(meta, payloads, owner);
    this.#objects[place] = value;
    return value;
  }

  #codedPayloads(offloaded: boolean): Uint8Array[] {
    const count = this.in.count(2);
    const payloads: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      payloads.push(offloaded ? this.#offloadedPayload() : this.#inlinePayload());
    }
    if (offloaded && count > 0) this.#viewsUnit = true;
    return payloads;
  }

  #offloadedPayload(): Uint8Array {
    const byteLength = this.in.varint();
    const alignment = this.in.varint();
    const padding = this.in.varint();
    if (!isAlignment(alignment)) throw corrupt(`a payload asks for the alignment ${alignment}`);
    const at = this.#take(byteLength, alignment, padding);
    return new Uint8Array(this.#unit.buffer, this.#unit.byteOffset + at, byteLength);
  }

  #inlinePayload(): Uint8Array {
    const byteLength = this.in.varint();
    const padding = this.in.varint();
    const at = this.in.aligned(8, byteLength + padding);
    return this.#ownBody().subarray(at, at + byteLength);
  }

  /**
   * This is intentional: an envelope is copied once more rather than viewed. A reader may take its
   * memory back with the lease, a small binary outlives both, and the copy is aligned.
   */
  #ownBody(): Uint8Array {
    this.#binaries ??= privateCopy(this.#body);
    return this.#binaries;
  }

  #begin(body: Uint8Array, from: number, payloadsEnd: number): void {
    this.#body = body;
    this.#payloadsEnd = payloadsEnd;
    this.in.begin(body, from);
  }

  #beginSpilled(envelope: Uint8Array, unit: Uint8Array): void {
    this.in.begin(envelope, headerBytes);
    const byteLength = this.in.varint();
    if (byteLength > unit.byteLength || this.in.remaining !== 0) {
      throw corrupt(`it announces ${byteLength} bytes in a unit of ${unit.byteLength}`);
    }
    const from = unit.byteLength - byteLength;
    // A private copy: whoever still writes into the unit must not change what was checked.
    this.#begin(new Uint8Array(unit.subarray(from)), 0, from);
    this.#binaries = this.#body;
  }

  #checkAllTaken(spilled: boolean): void {
    const end = spilled ? alignUp(this.#taken, 8) : this.#taken;
    if (end !== this.#payloadsEnd || this.in.remaining !== 0) {
      throw corrupt(
        `its payloads take ${end} of ${this.#payloadsEnd} bytes, and ${this.in.remaining} bytes of its envelope are left over`,
      );
    }
  }

  #take(byteLength: number, alignment: number, padding: number): number {
    const at = alignUp(this.#taken, alignment);
    const end = at + byteLength + padding;
    if (end > this.#payloadsEnd) {
      throw corrupt(`a payload ends at byte ${end} of ${this.#payloadsEnd}`);
    }
    this.#taken = end;
    return at;
  }

  #kind(): BinaryKind {
    const code = this.in.varint();
    const kind = binaryKinds[code];
    if (kind === undefined) throw corrupt(`it holds a binary of the unknown kind ${code}`);
    if (kind.prototype === undefined) throw missingType(kind.name);
    return kind;
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
readers[valueType.inline] = (decoder) => decoder.inline();
readers[valueType.offloaded] = (decoder) => decoder.offloaded();
readers[valueType.coded] = (decoder) => decoder.coded();

/** Makes a binary over `memory`, or over a copy where it cannot be a view of it. */
function restore(kind: BinaryKind, memory: Uint8Array, at: number, byteLength: number): object {
  const { view, elementSize } = kind;
  const from = memory.byteOffset + at;
  if (view === undefined) return memory.buffer.slice(from, from + byteLength);
  if (byteLength % elementSize !== 0) {
    throw corrupt(`it holds a ${kind.name} of ${byteLength} bytes`);
  }
  if (from % elementSize === 0) return view(memory.buffer, from, byteLength);
  return view(memory.buffer.slice(from, from + byteLength), 0, byteLength);
}

function unknownCodec(name: string): ArenaError {
  return new ArenaError(
    'ERR_ARENA_INCOMPATIBLE',
    `the item holds a value of the codec "${name}", which this process has not registered. Call registerCodec() before reading`,
    { codec: name },
  );
}

function missingType(name: string): ArenaError {
  return new ArenaError(
    'ERR_ARENA_INCOMPATIBLE',
    `the item holds a ${name}, which Node.js ${process.versions.node} does not have. Read it with the version that wrote it`,
    { type: name },
  );
}
