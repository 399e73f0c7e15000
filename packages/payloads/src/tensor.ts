/** The type of tensors, and a check for it. */
import { binaryKinds, kindOfView } from './binaries/kinds.js';

interface Elements {
  /** Names of the typed arrays that hold such elements; empty for a plain array. */
  readonly arrays: readonly string[];
  /** How many elements one member of the array holds. */
  readonly perMember: number;
}

const elements = (perMember: number, ...arrays: string[]): Elements => ({ arrays, perMember });

const elementsOf = {
  float32: elements(1, 'Float32Array'),
  float64: elements(1, 'Float64Array'),
  float16: elements(1, 'Uint16Array', 'Float16Array'),
  bfloat16: elements(1, 'Uint16Array'),
  int8: elements(1, 'Int8Array'),
  int16: elements(1, 'Int16Array'),
  int32: elements(1, 'Int32Array'),
  int64: elements(1, 'BigInt64Array'),
  uint8: elements(1, 'Uint8Array', 'Uint8ClampedArray', 'Buffer'),
  uint16: elements(1, 'Uint16Array'),
  uint32: elements(1, 'Uint32Array'),
  uint64: elements(1, 'BigUint64Array'),
  bool: elements(1, 'Uint8Array'),
  int4: elements(2, 'Uint8Array', 'Int8Array'),
  uint4: elements(2, 'Uint8Array'),
  complex64: elements(0.5, 'Float32Array'),
  complex128: elements(0.5, 'Float64Array'),
  string: elements(1),
} satisfies Record<string, Elements>;

/** ONNX's name of an element type. */
export type TensorDtype = keyof typeof elementsOf;

export type TensorData =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | readonly string[];

/** Elements in memory and their layout. Every number counts elements, not bytes. */
export interface Tensor {
  readonly dtype: TensorDtype;
  /** Extent of each dimension; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** Distance between neighbours along each dimension; row-major when absent. */
  readonly strides?: readonly number[];
  /** Place of the first element in `data`; 0 when absent. */
  readonly offset?: number;
  /**
   * float16 in a Uint16Array or (not in this type) a Float16Array; bfloat16 as raw bits; bool as 0
   * and 1; int4 and uint4 two to a member; complex as pairs, real part first; strings in an array.
   */
  readonly data: TensorData;
}

export function isDtype(value: unknown): value is TensorDtype {
  return typeof value === 'string' && Object.hasOwn(elementsOf, value);
}

/** True when `value` has a tensor's members and every element that they name lies within `data`. */
export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  const {
    dtype,
    shape,
    strides,
    offset = 0,
    data,
  } = value as Partial<Record<keyof Tensor, unknown>>;
  if (!isDtype(dtype) || !isIntegers(shape) || !Number.isSafeInteger(offset)) return false;
  if (!shape.every((extent) => extent >= 0) || !holds(dtype, data)) return false;
  if (strides !== undefined && !(isIntegers(strides) && strides.length === shape.length)) {
    return false;
  }
  const [first, end] = extentOf(shape, strides ?? rowMajor(shape), offset as number);
  return first >= 0 && end <= data.length * elementsOf[dtype].perMember;
}

/** Strides of a tensor whose last dimension changes fastest. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i] as number;
  }
  return strides;
}

/** Index of the first element in memory, and of the end behind the last. Both are `offset` without elements. */
export function extentOf(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): [first: number, end: number] {
  if (shape.includes(0)) return [offset, offset];
  let first = offset;
  let last = offset;
  for (const [i, extent] of shape.entries()) {
    const reach = (extent - 1) * (strides[i] as number);
    if (reach < 0) first += reach;
    else last += reach;
  }
  return [first, last + 1];
}

function isIntegers(value: unknown): value is number[] {
  return isArrayOf(value, Number.isSafeInteger);
}

/**
 * This is intentional: not `every`, which skips holes. In an array of 2^32 - 1 holes, `every` would visit
 * each hole; this loop ends at the first hole.
 */
function isArrayOf(value: unknown, test: (member: unknown) => boolean): value is unknown[] {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!test(value[i])) return false;
  return true;
}

function holds(dtype: TensorDtype, data: unknown): data is TensorData {
  const { arrays } = elementsOf[dtype];
  if (!ArrayBuffer.isView(data)) {
    return arrays.length === 0 && isArrayOf(data, (it) => typeof it === 'string');
  }
  const kind = binaryKinds[kindOfView(data, Object.getPrototypeOf(data))];
  return kind !== undefined && arrays.includes(kind.name);
}
