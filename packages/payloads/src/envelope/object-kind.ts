/** The kind of an object that is neither plain nor an array nor a binary. */
import { types } from 'node:util';
import { reasonToStay } from '@arena/shm-core/internal';

export type ObjectKind =
  | 'map'
  | 'set'
  | 'date'
  | 'regExp'
  | 'error'
  | 'boxed'
  | 'arrayBuffer'
  /** An instance of a class, sent as its own properties, as structured clone does. */
  | 'instance'
  | 'unsendable';

/**
 * Classes of the platform whose state lies outside their properties. An instance that was sent as its
 * properties would arrive empty. Structured clone takes some of these classes, but only inside one process.
 */
const statefulClasses = new Set([
  'AbortController',
  'AbortSignal',
  'Blob',
  'File',
  'FormData',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TransformStream',
  'URL',
  'URLSearchParams',
  'WritableStream',
]);

const iteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
const verdicts = new WeakMap<object, boolean>();

export function objectKind(value: object): ObjectKind {
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isDate(value)) return 'date';
  if (types.isRegExp(value)) return 'regExp';
  if (types.isNativeError(value)) return 'error';
  if (types.isArrayBuffer(value)) return 'arrayBuffer';
  if (types.isGeneratorObject(value)) return 'unsendable';
  if (types.isBoxedPrimitive(value)) return types.isSymbolObject(value) ? 'unsendable' : 'boxed';
  return isPropertiesAlone(value) ? 'instance' : 'unsendable';
}

/** What an error calls a value that cannot be sent. */
export function nameOf(value: unknown): string {
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (types.isSharedArrayBuffer(value)) return 'a SharedArrayBuffer';
  if (types.isProxy(value)) return 'a Proxy';
  if (types.isSymbolObject(value)) return 'a Symbol object';
  const reason = value === null ? undefined : reasonToStay(value);
  if (reason) return reason.what;
  const name: unknown = value?.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object'
    ? `an instance of ${name}`
    : `an object of a type that no other process can be given (${Object.prototype.toString.call(value)})`;
}

function isPropertiesAlone(value: object): boolean {
  if (types.isProxy(value) || types.isExternal(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  let verdict = verdicts.get(prototype);
  if (verdict === undefined) {
    verdict = isPrototypeOfProperties(prototype);
    verdicts.set(prototype, verdict);
  }
  return verdict;
}

/**
 * False for the prototype of a class that is built in or native (WeakMap, Promise, Intl.*, classes of
 * addons), or an object of arena. JavaScript cannot read the state of their instances, so that state would be
 * lost.
 */
function isPrototypeOfProperties(prototype: object): boolean {
  if (reasonToStay(prototype)) return false;
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    if (at === iteratorPrototype) return false;
    const type = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof type === 'function' && type.name !== 'Object' && isStateful(type)) return false;
  }
  return true;
}

function isStateful(type: { readonly name: string }): boolean {
  if (/\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(type))) return true;
  const globals = globalThis as Record<string, unknown>;
  return statefulClasses.has(type.name) && globals[type.name] === type;
}
