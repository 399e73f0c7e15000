/**
 * The tensors of other libraries: how to recognise one for certain, and how to describe it without
 * copying its data.
 *
 * None of these libraries is imported. A tensor is recognised by the methods of its class, never by its
 * fields. An object of the user may have the same fields and more, and no field may be lost.
 */
import { messageOf } from '@arena/shm-core/internal';
import { isDetached } from '../binaries/bytes.js';
import { Unsendable } from '../envelope/unsendable.js';
import { extentOf, rowMajor } from '../tensor.js';

/** An object whose fields are not known yet. */
export type Loose = { readonly [name: string]: unknown };

export interface TensorLibrary {
  readonly name: string;
  /** Methods of the library's class. No other class has all of them. */
  readonly methods: readonly string[];
  readonly getters: readonly string[];
  /** Fields of an instance that the library itself sets. */
  readonly fields: ReadonlySet<string>;
  /** False for an instance without typed elements, for instance a view of a plain array. */
  holdsElements(value: Loose): boolean;
  /** The members of our own `Tensor`. Throws when the elements cannot be read. */
  view(value: Loose): Loose;
}

/** From version 1.15 on. */
const onnxruntime: TensorLibrary = {
  name: 'onnxruntime',
  methods: ['getData', 'reshape', 'dispose', 'toDataURL', 'toImageData'],
  getters: ['data', 'location', 'texture', 'gpuBuffer'],
  fields: new Set([
    ...['type', 'dims', 'size', 'cpuData', 'dataLocation', 'gpuBufferData', 'gpuTextureData'],
    ...['mlTensorData', 'downloader', 'disposer', 'isDownloading'],
  ]),
  holdsElements: ({ type, dims }) => typeof type === 'string' && Array.isArray(dims),
  view: ({ type, dims, data }) => ({ dtype: type, shape: [...(dims as number[])], data }),
};

/** ndarray's names of element types that differ from ONNX's. */
const ndarrayDtypes = new Map([
  ['bigint64', 'int64'],
  ['biguint64', 'uint64'],
  ['uint8_clamped', 'uint8'],
  ['buffer', 'uint8'],
]);

const ndarray: TensorLibrary = {
  name: 'ndarray',
  methods: ['get', 'set', 'index', 'lo', 'hi', 'step', 'transpose', 'pick'],
  getters: [],
  fields: new Set(['data', 'shape', 'stride', 'offset']),
  // Views of plain arrays hold values of any type.
  holdsElements: ({ data, shape, stride, offset }) =>
    ArrayBuffer.isView(data) &&
    Array.isArray(shape) &&
    Array.isArray(stride) &&
    typeof offset === 'number',
  view({ dtype, data, shape, stride, offset }) {
    return reached(
      ndarrayDtypes.get(dtype as string) ?? dtype,
      data as Float64Array,
      [...(shape as number[])],
      [...(stride as number[])],
      offset as number,
    );
  },
};

const tfjs: TensorLibrary = {
  name: 'tfjs',
  methods: ['dataSync', 'arraySync', 'bufferSync', 'bytes', 'dispose', 'throwIfDisposed'],
  getters: ['rank', 'isDisposed'],
  fields: new Set([
    ...['kept', 'isDisposedInternal', 'shape', 'dtype', 'size', 'strides', 'dataId', 'id'],
    ...['rankType', 'scopeId', 'kerasMask'],
  ]),
  holdsElements: ({ dtype, shape, dataId }) =>
    typeof dtype === 'string' && Array.isArray(shape) && typeof dataId === 'object',
  view(value) {
    const data = (value as { dataSync(): unknown }).dataSync();
    return { dtype: value.dtype, shape: [...(value.shape as number[])], data };
  },
};

const libraries = [onnxruntime, ndarray, tfjs];
const libraryOfPrototype = new WeakMap<object, TensorLibrary | null>();

/** The library of the tensor `value`; undefined when `value` is no tensor. */
export function tensorLibraryOf(value: object): TensorLibrary | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null) return undefined;
  let library = libraryOfPrototype.get(prototype);
  if (library === undefined) {
    library = libraries.find((candidate) => isClassOf(candidate, prototype)) ?? null;
    libraryOfPrototype.set(prototype, library);
  }
  return library?.holdsElements(value as Loose) ? library : undefined;
}

/**
 * The tensor's members, and the fields that the user has set on it.
 *
 * @throws {Unsendable} Its elements are on a GPU, disposed of or transferred away.
 */
export function viewOf(library: TensorLibrary, value: Loose): Loose {
  const tensor = viewWith(library, value);
  if (ArrayBuffer.isView(tensor.data) && isDetached(tensor.data.buffer)) {
    throw new Unsendable(
      `a tensor of ${library.name} whose data is detached`,
      'Send it before its data is transferred',
    );
  }
  const added = Object.entries(value).filter(([name]) => !library.fields.has(name));
  return added.length > 0 ? { ...Object.fromEntries(added), ...tensor } : tensor;
}

function viewWith(library: TensorLibrary, value: Loose): Loose {
  try {
    return library.view(value);
  } catch (cause) {
    throw new Unsendable(
      `a tensor of ${library.name} whose data cannot be read (${messageOf(cause)})`,
      'Download it from the GPU, or send it before it is disposed of',
      { cause },
    );
  }
}

function isClassOf({ methods, getters }: TensorLibrary, prototype: object): boolean {
  return (
    methods.every((name) => typeof inherited(prototype, name)?.value === 'function') &&
    getters.every((name) => inherited(prototype, name)?.get !== undefined)
  );
}

/** How a class defines a member. Reading the member would run its getter on the prototype. */
function inherited(prototype: object, name: string): PropertyDescriptor | undefined {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, name);
    if (own !== undefined) return own;
  }
  return undefined;
}

/** A tensor with only the part of `data` that it covers: the rest of a large array stays behind. */
function reached(
  dtype: unknown,
  data: Float64Array,
  shape: number[],
  stride: number[],
  offset: number,
): Loose {
  const [first, end] = extentOf(shape, stride, offset);
  const whole = first <= 0 && end >= data.length;
  const isRowMajor = rowMajor(shape).every((distance, i) => distance === stride[i]);
  return {
    dtype,
    shape,
    ...(isRowMajor ? {} : { strides: stride }),
    ...(offset === first ? {} : { offset: offset - first }),
    data: whole ? data : data.subarray(first, end),
  };
}
