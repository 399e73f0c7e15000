/** The part of the decoder that restores maps, sets, dates, errors and similar values. */

import type { EnvelopeDecoder } from './decoder.js';
import { corrupt, errorConstructors, errorHas, valueType } from './format.js';
import { setProperty } from './set-property.js';

type Read = (decoder: EnvelopeDecoder) => unknown;

const maxArrayLength = 2 ** 32 - 1;
/** Up to this many holes, and four for each member, an array keeps its members side by side. */
const denseSpare = 64;
const denseFactor = 4;

const readSparseArray: Read = (decoder) => {
  const length = decoder.in.varint();
  const count = decoder.in.count(2);
  if (length > maxArrayLength) throw corrupt(`it holds an array of ${length} members`);
  const array = decoder.numbered(sparseArray(length, denseSpare + denseFactor * count));
  decoder.enter();
  for (let i = 0; i < count; i++) {
    const name = decoder.in.name();
    if (name === 'length') throw corrupt('it sets the length of an array twice');
    setProperty(array, name, decoder.value());
  }
  decoder.leave();
  return array;
};

/** An array of `length` holes. Beyond `denseLength` the holes take no memory. */
function sparseArray(length: number, denseLength: number): unknown[] {
  const array: unknown[] = [];
  // A member at the far end makes the engine keep all members in a table, also after it is deleted.
  if (length > denseLength) array[maxArrayLength - 1] = undefined;
  delete array[maxArrayLength - 1];
  array.length = length;
  return array;
}

const readMap: Read = (decoder) => {
  const count = decoder.in.count(2);
  const map = decoder.numbered(new Map());
  decoder.enter();
  for (let i = 0; i < count; i++) {
    const key = decoder.value();
    map.set(key, decoder.value());
  }
  decoder.leave();
  return map;
};

const readSet: Read = (decoder) => {
  const count = decoder.in.count(1);
  const set = decoder.numbered(new Set());
  decoder.enter();
  for (let i = 0; i < count; i++) set.add(decoder.value());
  decoder.leave();
  return set;
};

const readError: Read = (decoder) => {
  const ErrorType = errorConstructors[decoder.in.byte()];
  if (ErrorType === undefined) throw corrupt('it holds an error of an unknown type');
  const has = decoder.in.byte();
  const error = decoder.numbered(new ErrorType());
  if (has & errorHas.message) define(error, 'message', decoder.in.text());
  define(error, 'stack', has & errorHas.stack ? decoder.in.text() : undefined);
  if (has & errorHas.cause) {
    decoder.enter();
    define(error, 'cause', decoder.value());
    decoder.leave();
  }
  return error;
};

function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

const readBoxed: Read = (decoder) => {
  decoder.enter();
  const primitive = decoder.value();
  decoder.leave();
  if (!['number', 'string', 'boolean', 'bigint'].includes(typeof primitive)) {
    throw corrupt(`it holds a boxed ${typeof primitive}`);
  }
  return decoder.numbered(Object(primitive));
};

const readBigint: Read = (decoder) => {
  const digits = decoder.in.text();
  if (!/^-?[0-9a-f]+$/.test(digits)) throw corrupt('it holds a bigint of other than digits');
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
};

const readRegExp: Read = (decoder) => {
  const source = decoder.in.text();
  return decoder.numbered(new RegExp(source, decoder.in.text()));
};

export const structuredDecoders: Read[] = [];
structuredDecoders[valueType.sparseArray] = readSparseArray;
structuredDecoders[valueType.map] = readMap;
structuredDecoders[valueType.set] = readSet;
structuredDecoders[valueType.date] = (decoder) => decoder.numbered(new Date(decoder.in.float64()));
structuredDecoders[valueType.regExp] = readRegExp;
structuredDecoders[valueType.error] = readError;
structuredDecoders[valueType.boxed] = readBoxed;
structuredDecoders[valueType.bigint] = readBigint;
