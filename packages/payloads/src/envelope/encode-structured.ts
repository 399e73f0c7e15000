/** The part of the encoder that writes maps, sets, dates, errors and similar values. */
import { types } from 'node:util';
import type { EnvelopeEncoder } from './encoder.js';
import { errorConstructors, errorHas, valueType } from './format.js';
import { stepKind } from './item-path.js';

type Write<T> = (encoder: EnvelopeEncoder, value: T) => void;

const writeMap: Write<Map<unknown, unknown>> = (encoder, map) => {
  encoder.out.byte(valueType.map);
  // A getter of an entry may change the map. So read all entries first, as structured clone does.
  const entries = [...Map.prototype.entries.call(map)];
  encoder.out.varint(entries.length);
  encoder.enter();
  for (let i = 0; i < entries.length; i++) {
    const [key, value] = entries[i] as [unknown, unknown];
    encoder.path.step(stepKind.mapKey, i);
    encoder.value(key);
    encoder.path.step(stepKind.mapValue, typeof key === 'string' ? key : i);
    encoder.value(value);
  }
  encoder.path.leave();
};

const writeSet: Write<Set<unknown>> = (encoder, set) => {
  encoder.out.byte(valueType.set);
  const members = [...Set.prototype.values.call(set)];
  encoder.out.varint(members.length);
  encoder.enter();
  for (let i = 0; i < members.length; i++) {
    encoder.path.step(stepKind.setMember, i);
    encoder.value(members[i]);
  }
  encoder.path.leave();
};

const writeDate: Write<Date> = (encoder, date) => {
  encoder.out.byte(valueType.date);
  encoder.out.float64(Date.prototype.getTime.call(date));
};

const writeRegExp: Write<RegExp> = (encoder, regExp) => {
  encoder.out.byte(valueType.regExp);
  encoder.out.text(regExp.source);
  encoder.out.text(regExp.flags);
};

/** Writes an error's type, message, stack and cause. Like structured clone, it writes no other property. */
const writeError: Write<Error> = (encoder, error) => {
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  const cause = Object.getOwnPropertyDescriptor(error, 'cause');
  const { stack } = error;
  const hasMessage = message !== undefined && 'value' in message;
  const hasStack = typeof stack === 'string';
  const hasCause = cause !== undefined && 'value' in cause;
  const { out } = encoder;
  out.byte(valueType.error);
  out.byte(errorCode(error));
  out.byte(
    (hasMessage ? errorHas.message : 0) |
      (hasStack ? errorHas.stack : 0) |
      (hasCause ? errorHas.cause : 0),
  );
  if (hasMessage) out.text(String(message.value));
  if (hasStack) out.text(stack);
  if (hasCause) {
    encoder.enter();
    encoder.path.property('cause');
    encoder.value(cause.value);
    encoder.path.leave();
  }
};

function errorCode(error: Error): number {
  const code = errorConstructors.findIndex(({ name }) => name === error.name);
  return Math.max(code, 0); // A user's class of errors arrives as an Error.
}

const writeBoxed: Write<object> = (encoder, boxed) => {
  encoder.out.byte(valueType.boxed);
  encoder.value(unboxed(boxed));
};

function unboxed(boxed: object): unknown {
  if (types.isNumberObject(boxed)) return Number.prototype.valueOf.call(boxed);
  if (types.isStringObject(boxed)) return String.prototype.valueOf.call(boxed);
  if (types.isBooleanObject(boxed)) return Boolean.prototype.valueOf.call(boxed);
  return BigInt.prototype.valueOf.call(boxed);
}

export const structuredEncoders = {
  map: writeMap,
  set: writeSet,
  date: writeDate,
  regExp: writeRegExp,
  error: writeError,
  boxed: writeBoxed,
} as Readonly<Record<'map' | 'set' | 'date' | 'regExp' | 'error' | 'boxed', Write<object>>>;
