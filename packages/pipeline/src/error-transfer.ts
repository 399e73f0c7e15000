/**
 * Errors between processes. Structured clone keeps an error's message and stack but not its code,
 * its class or its extra fields; here all of those travel, and the causes behind them.
 */
import { serialize } from 'node:v8';
import { ArenaError, type ArenaErrorCode, arenaErrorCodes } from '@arena/shm-core';
import { PipelineError, type PipelineErrorCode, pipelineErrorCodes } from './errors.js';

/** Plain data that stands for whatever was thrown. */
export type SentError =
  | { readonly kind: 'value'; readonly value: unknown }
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      /** Own enumerable fields that can be cloned: `code`, `details`, `errno`, ... */
      readonly fields: Readonly<Record<string, unknown>>;
      readonly cause: SentError | undefined;
      /** The errors of an AggregateError. */
      readonly errors: readonly SentError[] | undefined;
    };

type SentErrorObject = Extract<SentError, { kind: 'error' }>;

/** Deep enough for any honest chain of causes; ends one that refers to itself. */
const maxCauseDepth = 8;

/** Plain data for `thrown`, which may be any value at all. Never throws. */
export function encodeError(thrown: unknown, depth = 0): SentError {
  if (!(thrown instanceof Error)) {
    return { kind: 'value', value: canClone(thrown) ? thrown : describe(thrown) };
  }
  const nested = (value: unknown) => encodeError(value, depth + 1);
  const deeper = depth < maxCauseDepth;
  return {
    kind: 'error',
    name: String(thrown.name),
    message: String(thrown.message),
    stack: typeof thrown.stack === 'string' ? thrown.stack : undefined,
    fields: cloneableFields(thrown),
    cause: deeper && 'cause' in thrown ? nested(thrown.cause) : undefined,
    errors: deeper && thrown instanceof AggregateError ? thrown.errors.map(nested) : undefined,
  };
}

/** What {@link encodeError} was given: same name, message, code, fields, stack and causes. */
export function decodeError(sent: SentError): unknown {
  if (sent.kind === 'value') return sent.value;
  const error = construct(sent);
  for (const [key, value] of Object.entries(sent.fields)) define(error, key, value, true);
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

/** The class counts: programs tell `ArenaError` and `TypeError` apart with `instanceof`. */
function construct({ name, message, fields, errors }: SentErrorObject): Error {
  const { code } = fields;
  if (errors !== undefined) return new AggregateError(errors.map(decodeError), message);
  if (name === 'ArenaError' && isKey(arenaErrorCodes, code)) {
    return new ArenaError(code satisfies ArenaErrorCode, message);
  }
  if (name === 'PipelineError' && isKey(pipelineErrorCodes, code)) {
    return new PipelineError(code satisfies PipelineErrorCode, message);
  }
  return new (builtInErrors[name] ?? Error)(message);
}

function isKey<T extends object>(table: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(table, key);
}

function cloneableFields(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  // A DOMException keeps its code on the prototype.
  const keys = new Set(['code', ...Object.keys(error)]);
  for (const key of keys) {
    const value = (error as unknown as Record<string, unknown>)[key];
    if (value !== undefined && canClone(value)) fields[key] = value;
  }
  delete fields.cause;
  delete fields.errors;
  return fields;
}

function canClone(value: unknown): boolean {
  try {
    serialize(value);
    return true;
  } catch {
    return false;
  }
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
