/** The typed arrays and DataView. Where they arrive, a new view is made over the bytes. */

/** A kind of binary value. Only its bytes are sent. */
export interface BinaryKind {
  readonly name: string;
  /** Undefined where this Node.js lacks the type. */
  readonly prototype: object | undefined;
  /** The view's byteOffset and byteLength must be multiples of this. */
  readonly elementSize: number;
  /** Makes the value over aligned memory; undefined for a kind whose bytes must be copied. */
  readonly view:
    | ((buffer: ArrayBufferLike, byteOffset: number, byteLength: number) => ArrayBufferView)
    | undefined;
}

interface ViewConstructor {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayBufferView;
  readonly prototype: object;
  readonly name: string;
}

function kindOf(View: ViewConstructor, elementSize: number): BinaryKind {
  return {
    name: View.name,
    prototype: View.prototype,
    elementSize,
    view: (buffer, byteOffset, byteLength) =>
      new View(buffer, byteOffset, byteLength / elementSize),
  };
}

/** Node.js has it from version 24 on. */
const float16Array = (globalThis as { Float16Array?: ViewConstructor }).Float16Array;

/** All kinds of views except Uint8Array and Buffer; those two are in bytes.ts. */
export const viewKinds: readonly BinaryKind[] = [
  kindOf(Int8Array, 1),
  kindOf(Uint8ClampedArray, 1),
  kindOf(Int16Array, 2),
  kindOf(Uint16Array, 2),
  kindOf(Int32Array, 4),
  kindOf(Uint32Array, 4),
  kindOf(Float32Array, 4),
  kindOf(Float64Array, 8),
  kindOf(BigInt64Array, 8),
  kindOf(BigUint64Array, 8),
  kindOf(DataView, 1),
  float16Array
    ? kindOf(float16Array, 2)
    : { name: 'Float16Array', prototype: undefined, elementSize: 2, view: undefined },
];
