/** The kinds of binaries. An envelope names each by one byte. */
import { byteKinds } from './bytes.js';
import { type BinaryKind, viewKinds } from './typed-arrays.js';

/** A kind's index is its code in the envelope: add new kinds at the end. */
export const binaryKinds: readonly BinaryKind[] = [...byteKinds, ...viewKinds];

const codeByPrototype = new Map<object, number>();
const codeByName = new Map<string, number>();
for (const [code, kind] of binaryKinds.entries()) {
  codeByName.set(kind.name, code);
  if (kind.prototype) codeByPrototype.set(kind.prototype, code);
}

/** Reads the name of a typed array's type, also of subclasses and other realms; else undefined. */
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get as (this: unknown) => string | undefined;

/** The code of a view's kind. An instance of a subclass has the kind that the class extends. */
export function kindOfView(view: ArrayBufferView, prototype: object | null): number {
  const code = prototype === null ? undefined : codeByPrototype.get(prototype);
  return code ?? codeByName.get(typedArrayName.call(view) ?? 'DataView') ?? -1;
}

export const arrayBufferKind = codeByName.get('ArrayBuffer') as number;
