/**
 * Classes with the members that the tensors of other libraries have: onnxruntime-common 1.30,
 * ndarray 1.1 and @tensorflow/tfjs-core 4.22. Their methods do nothing here.
 */
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export class OrtTensor {
  readonly cpuData: unknown;
  readonly dataLocation: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly size: number;

  constructor(type: string, data: unknown, dims: readonly number[], dataLocation = 'cpu') {
    this.type = type;
    this.cpuData = data;
    this.dims = dims;
    this.size = product(dims);
    this.dataLocation = dataLocation;
  }

  get data() {
    if (this.dataLocation !== 'cpu') throw new Error('The data is not on CPU.');
    return this.cpuData;
  }
  get location() {
    return this.dataLocation;
  }
  get texture() {
    throw new Error('The data is not stored as a WebGL texture.');
  }
  get gpuBuffer() {
    throw new Error('The data is not stored as a WebGPU buffer.');
  }
  async getData() {
    return this.data;
  }
  toDataURL() {}
  toImageData() {}
  dispose() {}
  reshape() {}
}

export class View2d {
  readonly data: ArrayBufferView;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
  /** The library keeps it on the prototype, and makes a class for each. */
  declare readonly dtype: string;

  constructor(
    data: ArrayBufferView,
    shape: readonly number[],
    stride: readonly number[],
    offset: number,
  ) {
    this.data = data;
    this.shape = shape;
    this.stride = stride;
    this.offset = offset;
  }

  get size() {
    return product(this.shape);
  }
  get() {}
  set() {}
  index() {}
  lo() {}
  hi() {}
  step() {}
  transpose() {}
  pick() {}
}

/** As `ndarray(data, shape, stride, offset)` gives. */
export function ndarray(
  dtype: string,
  data: ArrayBufferView,
  shape: readonly number[],
  stride: readonly number[],
  offset: number,
): View2d {
  class View extends View2d {}
  Object.defineProperty(View.prototype, 'dtype', { value: dtype });
  return new View(data, shape, stride, offset);
}

export class TfTensor {
  readonly kept = false;
  readonly isDisposedInternal = false;
  readonly dataId = {};
  readonly id = 7;
  readonly rankType: string;
  readonly strides: readonly number[] = [2];
  readonly size: number;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly #values: unknown;

  constructor(dtype: string, values: unknown, shape: readonly number[]) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = product(shape);
    this.rankType = String(shape.length);
    this.#values = values;
  }

  get rank() {
    return this.shape.length;
  }
  get isDisposed() {
    return this.isDisposedInternal;
  }
  dataSync() {
    return this.#values;
  }
  arraySync() {}
  bufferSync() {}
  bytes() {}
  dispose() {}
  throwIfDisposed() {}
}
