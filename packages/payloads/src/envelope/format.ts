/**
 * The bytes of an envelope.
 *
 * ```
 *  0        1        2                 4                                8
 * +--------+--------+-----------------+--------------------------------+-----------------
 * | magic  | flags  | 0               | tag (uint32, little-endian)    | body ...
 * +--------+--------+-----------------+--------------------------------+-----------------
 * ```
 *
 * The body is one value: a byte with its type, then its content. Containers hold values. A body that does not
 * fit into the envelope is the tail of the unit's bytes. Then `flags` has `spilled`, and the envelope holds
 * the byte length of the body instead.
 *
 * A text is a number and its characters. The number is twice the length, plus one when each character takes
 * two bytes. A well-known text is a number alone. Numbers of bytes and members are varints (7 bits a byte,
 * low bits first). Binaries inside the body start at multiples of their element's size, counted from the
 * envelope's start. Payloads in the unit follow each other in the order of the body, each on its alignment.
 * Both sides compute the places of payloads, and read no place from the envelope. So no envelope can make two
 * payloads overlap.
 *
 * This is intentional: one format for every item, instead of JSON for simple items and node:v8 for
 * the others. Encoding `{data, i}` takes 0.2 us, decoding 0.4 us (0.1 of that defines
 * `[Symbol.dispose]`). JSON takes 0.2 and 0.25 us, and needs two more walks: one before that looks for
 * -0, undefined and shared values, and one after that puts the payloads in. node:v8 takes 2.9 and
 * 0.9 us before its first property. `benchmarks/micro/envelope.mjs` prints all three.
 */
import { ArenaError } from '@arena/shm-core';
import { checkBytes } from '@arena/shm-core/internal';

export const headerBytes = 8;
export const magic = 0xa6;
export const flagSpilled = 1;

/** Where payloads start in a unit, unless a codec asks for less. */
export const payloadAlignment = 64;

/** Deepest nesting of an item. structuredClone itself ends between 2000 and 3000 on a main thread. */
export const maxDepth = 1000;

/** The first byte of a value. From `smallInteger` on, the byte holds an integer of 0 to 127. */
export const valueType = {
  null: 0,
  undefined: 1,
  false: 2,
  true: 3,
  int32: 4,
  float64: 5,
  bigint64: 6,
  bigint: 7,
  string: 8,
  object: 9,
  array: 10,
  /** An array with holes, or with properties that are not indices. */
  sparseArray: 11,
  /** The number of an earlier value of this item. */
  reference: 12,
  /** A binary inside the body. */
  inline: 13,
  /** The marker of a binary in the unit. */
  offloaded: 14,
  coded: 15,
  map: 16,
  set: 17,
  date: 18,
  regExp: 19,
  error: 20,
  boxed: 21,
  smallInteger: 128,
} as const;

/** Constructors of errors that keep their type. A constructor's index is its code in the envelope. */
export const errorConstructors: readonly ErrorConstructor[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

export const errorHas = { message: 1, stack: 2, cause: 4 } as const;

/** `position` rounded up to a multiple of `alignment`, a power of two. Works beyond 2^31. */
export function alignUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/** The error for an envelope or a unit that no encoder has written. */
export function corrupt(fact: string, cause?: unknown): ArenaError {
  const error = new ArenaError(
    'ERR_ARENA_CORRUPT',
    `an item cannot be restored: ${fact}. Let only item writers of the same arena version write here`,
  );
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** @throws {ArenaError} `ERR_ARENA_CORRUPT`: `envelope` does not begin like the envelope of an item. */
export function checkHeader(envelope: Uint8Array): void {
  if (envelope.length < headerBytes) {
    throw corrupt(`its envelope has ${envelope.length} bytes, a header takes ${headerBytes}`);
  }
  if (envelope[0] !== magic || (envelope[1] as number) > flagSpilled) {
    throw corrupt(`its envelope begins with ${envelope[0]} ${envelope[1]}, no item's does`);
  }
}

/**
 * The `tag` with which an item was offloaded; 0 when none was given. The item is not restored.
 *
 * @throws {ArenaError} `ERR_ARENA_CORRUPT`: not the envelope of an item.
 */
export function readTag(envelope: Uint8Array): number {
  checkHeader(checkBytes('envelope', envelope));
  const at = (index: number) => envelope[index] as number;
  return (at(4) | (at(5) << 8) | (at(6) << 16) | (at(7) << 24)) >>> 0;
}
