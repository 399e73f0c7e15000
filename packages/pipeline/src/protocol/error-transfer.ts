/**
 * Errors between processes. Structured clone keeps an error's message and stack, but not its code, its class
 * or its other fields. This code sends all of them, and the causes as well.
 */
import { type PackedItem, packItem, unpackItem } from '@arena/payloads';
import { ArenaError, arenaErrorCodes } from '@arena/shm-core';

/**
 * Represents a thrown value. Its fields are packed one by one, so that an unreadable field does not affect
 * the others.
 */
export type SentError = SentValue | SentErrorObject;

interface SentValue {
  readonly kind: 'value';
  /** Undefined when the value cannot be sent to another process. */
  readonly value: PackedItem | undefined;
  readonly text: string;
}

interface SentErrorObject {
  readonly kind: 'error';
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Own enumerable fields that can be sent: `code`, `details`, `errno`, ... */
  readonly fields: ReadonlyMap<string, PackedItem>;
  readonly cause: SentError | undefined;
  /** The errors of an AggregateError. */
  readonly errors: readonly SentError[] | undefined;
}

/** Real chains of causes are shorter. This limit ends a chain that leads back to itself. */
const maxCauseDepth = 8;

/** Encodes `thrown`, which may be any value. Never throws. */
export function encodeError(thrown: unknown, depth = 0): SentError {
  if (!(thrown instanceof Error)) {
    return { kind: 'value', value: packed(thrown), text: textOf(thrown) };
  }
  const nested = (value: unknown) => encodeError(value, depth + 1);
  const deeper = depth < maxCauseDepth;
  const stack = read(thrown, 'stack');
  const errors = deeper && thrown instanceof AggregateError ? read(thrown, 'errors') : undefined;
  return {
    kind: 'error',
    name: textOf(read(thrown, 'name')),
    message: textOf(read(thrown, 'message')),
    stack: typeof stack === 'string' ? stack : undefined,
    fields: fieldsOf(thrown),
    cause: deeper && 'cause' in thrown ? nested(read(thrown, 'cause')) : undefined,
    errors: Array.isArray(errors) ? errors.map(nested) : undefined,
  };
}

/**
 * Restores the value that {@link encodeError} has encoded: same name, message, code, fields, stack and
 * causes.
 */
export function decodeError(sent: SentError): unknown {
  if (sent.kind === 'value') return sent.value ? unpacked(sent.value, sent.text) : sent.text;
  const error = construct(sent);
  for (const [key, value] of sent.fields) define(error, key, unpacked(value, undefined), true);
  if (error.name !== sent.name) define(error, 'name', sent.name, false);
  if (sent.stack !== undefined) define(error, 'stack', sent.stack, false);
  if (sent.cause !== undefined) define(error, 'cause', decodeError(sent.cause), false);
  return error;
}

const builtInErrors: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** The class matters: programs tell `ArenaError` and `TypeError` apart with `instanceof`. */
function construct({ name, message, fields, errors }: SentErrorObject): Error {
  if (errors !== undefined) return new AggregateError(errors.map(decodeError), message);
  const code = fields.get('code');
  if (name === 'ArenaError' && code) {
    const known = unpacked(code, undefined);
    if (isKey(arenaErrorCodes, known)) return new ArenaError(known, message);
  }
  return new (builtInErrors[name] ?? Error)(message);
}

function isKey<T extends object>(table: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(table, key);
}

function fieldsOf(error: Error): Map<string, PackedItem> {
  const fields = new Map<string, PackedItem>();
  // A DOMException keeps its code on the prototype.
  const keys = new Set(['code', ...Object.keys(error)]);
  for (const key of keys) {
    if (key === 'cause' || key === 'errors') continue;
    const value = read(error, key);
    const field = value === undefined ? undefined : packed(value);
    if (field !== undefined) fields.set(key, field);
  }
  return fields;
}

/** Undefined where a getter throws. */
function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Undefined for a value that cannot be sent to another process. */
function packed(value: unknown): PackedItem | undefined {
  try {
    return packItem(value, { always: true });
  } catch {
    return undefined;
  }
}

/** `otherwise` when this process lacks the codec of a value. */
function unpacked(value: PackedItem, otherwise: unknown): unknown {
  try {
    return unpackItem(value);
  } catch {
    return otherwise;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
