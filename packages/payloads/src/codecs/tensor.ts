/**
 * Tensors of other libraries, which come back as {@link Tensor}.
 *
 * Instances of onnxruntime's `Tensor`, of `ndarray` and of tfjs's `Tensor` are recognised by their
 * members; none of these libraries is imported. A plain `{dtype, shape, data}` needs no codec: it is
 * an object that holds a typed array, and comes back as what it was.
 */
import { invalidType } from '@arena/shm-core';
import type { Codec } from '../codec.js';
import { corrupt } from '../envelope/format.js';
import { extentOf, isDtype, isTensor, rowMajor, type Tensor } from '../tensor.js';

/** A class of tensors: how to know an instance, and how to see it as ours without a copy. */
interface Library {
  readonly name: string;
  matches(value: Loose): boolean;
  view(value: Loose): Loose;
}

type Loose = { readonly [name: string]: unknown };

const onnxruntime: Library = {
  name: 'onnxruntime',
  matches: ({ type, dims, size }) =>
    typeof type === 'string' && Array.isArray(dims) && typeof size === 'number',
  view: ({ type, dims, data }) => ({ dtype: type, shape: [...(dims as number[])], data }),
};

/** ndarray's names that differ from ONNX's. Its `array` and `generic` hold no typed array. */
const ndarrayDtypes = new Map([
  ['bigint64', 'int64'],
  ['biguint64', 'uint64'],
  ['uint8_clamped', 'uint8'],
  ['buffer', 'uint8'],
]);

const ndarray: Library = {
  name: 'ndarray',
  matches: ({ data, shape, stride, offset }) =>
    ArrayBuffer.isView(data) &&
    Array.isArray(shape) &&
    Array.isArray(stride) &&
    typeof offset === 'number',
  view({ dtype, data, shape, stride, offset }) {
    return trimmed(
      ndarrayDtypes.get(dtype as string) ?? dtype,
      data as Float64Array,
      [...(shape as number[])],
      [...(stride as number[])],
      offset as number,
    );
  },
};

const tfjs: Library = {
  name: 'tfjs',
  matches: ({ dtype, shape, dataSync }) =>
    isDtype(dtype) && Array.isArray(shape) && typeof dataSync === 'function',
  view(value) {
    const data = (value as { dataSync(): unknown }).dataSync();
    return { dtype: value.dtype, shape: [...(value.shape as number[])], data };
  },
};

const libraries = [onnxruntime, ndarray, tfjs];

/** The part of `data` that the tensor reaches: a view of a large pool does not send the pool. */
function trimmed(
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

export const tensorCodec: Codec<Loose> = {
  name: 'tensor',
  matches: (value) => libraries.some((library) => library.matches(value as Loose)),
  encode(value) {
    const library = libraries.find((candidate) => candidate.matches(value)) as Library;
    const tensor = library.view(value);
    if (!isTensor(tensor)) {
      throw invalidType(
        `a tensor of ${library.name} with dtype ${String(tensor.dtype)} and shape [${tensor.shape}] does not fit its data. Send a plain {dtype, shape, data}`,
      );
    }
    return { meta: tensor };
  },
  decode(meta): Tensor {
    if (!isTensor(meta)) throw corrupt('it holds a tensor whose shape does not fit its data');
    return meta;
  },
};
