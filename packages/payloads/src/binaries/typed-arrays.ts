/** The typed arrays and DataView: views that are made again over the bytes where they arrive. */

/** A kind of binary value that travels as its bytes alone. */
export interface BinaryKind {
  readonly name: string;
  /** Undefined where this Node.js lacks the type. */
  readonly prototype: object | undefined;
  /** What the view's byteOffset and byteLength must be a multiple of. */
  readonly elementSize: number;
  /** Makes the value over memory that is aligned for it; undefined where it has to be copied. */
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

/** Each but Uint8Array, which is among the bytes. */
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
