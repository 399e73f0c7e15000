import { isTensor, type Tensor } from '@arena/payloads';
import { describe, expect, it } from 'vitest';
import { errorOf, send, sendOffloaded } from './send.js';
import { ndarray, OrtTensor, TfTensor } from './tensor-libraries.js';

const plainTensors: Tensor[] = [
  { dtype: 'float32', shape: [2, 3], data: new Float32Array(6).fill(1.5) },
  { dtype: 'float64', shape: [3], data: new Float64Array([1, -0, Number.NaN]) },
  { dtype: 'bfloat16', shape: [2, 2], data: new Uint16Array([0x3f80, 0x4000, 0, 1]) },
  { dtype: 'float16', shape: [1], data: new Uint16Array([0x3c00]) },
  { dtype: 'int64', shape: [2], data: new BigInt64Array([-1n, 2n ** 62n]) },
  { dtype: 'bool', shape: [2], data: new Uint8Array([0, 1]) },
  { dtype: 'int4', shape: [3], data: new Uint8Array(2) },
  { dtype: 'complex64', shape: [2], data: new Float32Array(4) },
  { dtype: 'string', shape: [2], data: ['a', 'b'] },
  { dtype: 'int8', shape: [], data: new Int8Array(1) },
  { dtype: 'uint32', shape: [0, 4], data: new Uint32Array(0) },
  { dtype: 'int16', shape: [2, 2], strides: [-4, 1], offset: 5, data: new Int16Array(12) },
];

describe('a plain tensor', () => {
  it.each(plainTensors)('of $dtype comes back with its type, shape and layout', (tensor) => {
    expect(isTensor(tensor)).toBe(true);
    expect(sendOffloaded(tensor)).toEqual(tensor);
    expect(send({ batch: [tensor] })).toEqual({ batch: [tensor] });
    const restored = sendOffloaded({ pad: new Uint8Array(3), tensor }).tensor;
    if (ArrayBuffer.isView(restored.data) && restored.data.length > 0) {
      expect(restored.data.byteOffset).toBe(64);
    }
  });

  it('keeps members of its own, and the identity of its data', () => {
    const data = new Float32Array(4);
    const restored = sendOffloaded({
      tensor: { dtype: 'float32', shape: [4], data, name: 'logits' },
      reshaped: { dtype: 'float32', shape: [2, 2], data },
    });
    expect(restored.tensor.name).toBe('logits');
    expect(restored.reshaped.data).toBe(restored.tensor.data);
  });
});

describe('isTensor', () => {
  const data = new Float32Array(6);
  const notTensors: [string, unknown][] = [
    ['null', null],
    ['an unknown dtype', { dtype: 'float31', shape: [6], data }],
    ['a name that every object has', { dtype: 'toString', shape: [6], data }],
    ['data of another type', { dtype: 'int32', shape: [6], data }],
    ['a shape beyond the data', { dtype: 'float32', shape: [7], data }],
    ['a shape whose product overflows', { dtype: 'float32', shape: [2 ** 52, 2 ** 52], data }],
    ['a negative extent', { dtype: 'float32', shape: [-1, -6], data }],
    ['a fractional extent', { dtype: 'float32', shape: [1.5], data }],
    ['an offset beyond the data', { dtype: 'float32', shape: [6], offset: 1, data }],
    ['strides that leave the data', { dtype: 'float32', shape: [2, 3], strides: [4, 1], data }],
    ['strides below the data', { dtype: 'float32', shape: [2], strides: [-1], data }],
    ['strides of another rank', { dtype: 'float32', shape: [2, 3], strides: [1], data }],
    ['strings that are none', { dtype: 'string', shape: [1], data: [1] }],
  ];

  it.each(notTensors)('refuses %s', (_, value) => {
    expect(isTensor(value)).toBe(false);
  });
});

describe('a tensor of another library', () => {
  it('of onnxruntime comes back as a plain tensor', () => {
    const data = new Float32Array(6).fill(2);
    const restored = sendOffloaded({ logits: new OrtTensor('float32', data, [2, 3]) });
    expect(restored.logits).toEqual({ dtype: 'float32', shape: [2, 3], data });
    expect(send(new OrtTensor('string', ['a'], [1]))).toEqual({
      dtype: 'string',
      shape: [1],
      data: ['a'],
    });
  });

  it('of ndarray comes back as a plain tensor, row-major without strides', () => {
    const data = new Float64Array(6).fill(2);
    const restored = sendOffloaded([ndarray('float64', data, [2, 3], [3, 1], 0)]);
    expect(restored).toEqual([{ dtype: 'float64', shape: [2, 3], data }]);
  });

  it('of ndarray sends the part of its data that it reaches, and keeps its strides', () => {
    const data = Float32Array.from({ length: 100 }, (_, i) => i);
    const restored = send(ndarray('float32', data, [2, 3], [-4, 1], 25));
    expect(restored).toEqual({
      dtype: 'float32',
      shape: [2, 3],
      strides: [-4, 1],
      offset: 4,
      data: Float32Array.of(21, 22, 23, 24, 25, 26, 27),
    });
    expect(isTensor(restored)).toBe(true);
  });

  it('of ndarray without elements sends none', () => {
    const restored = send(ndarray('uint8_clamped', new Uint8ClampedArray(9), [0, 3], [3, 1], 4));
    expect(restored).toEqual({ dtype: 'uint8', shape: [0, 3], data: new Uint8ClampedArray(0) });
  });

  it('of tfjs comes back as a plain tensor', () => {
    const restored = sendOffloaded(new TfTensor('int32', new Int32Array(4), [2, 2]));
    expect(restored).toEqual({ dtype: 'int32', shape: [2, 2], data: new Int32Array(4) });
  });

  it('keeps the identity of its data, and its own', () => {
    const data = new Float32Array(4);
    const tensor = new OrtTensor('float32', data, [4]);
    const restored = sendOffloaded({
      data,
      tensor,
      again: tensor,
      reshaped: new OrtTensor('float32', data, [2, 2]),
    }) as unknown as { data: unknown; tensor: Tensor; again: Tensor; reshaped: Tensor };
    expect(restored.again).toBe(restored.tensor);
    expect(restored.tensor.data).toBe(restored.data);
    expect(restored.reshaped.data).toBe(restored.data);
  });

  it('keeps the fields that the user has set on it', () => {
    class Named extends OrtTensor {
      readonly name = 'logits';
    }
    const named = new Named('int8', new Int8Array(2), [2]);
    expect(send(Object.assign(named, { layer: 3 }))).toEqual({
      dtype: 'int8',
      shape: [2],
      data: new Int8Array(2),
      name: 'logits',
      layer: 3,
    });
  });

  const gone = new Float32Array(4);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  it.each<[string, object, string]>([
    [
      'does not fit its data',
      new OrtTensor('float32', new Float32Array(3), [2, 3]),
      'onnxruntime with dtype float32 and shape [2,3], which does not fit its data',
    ],
    [
      'is on a GPU',
      new OrtTensor('float32', undefined, [2], 'gpu-buffer'),
      'onnxruntime whose data cannot be read (The data is not on CPU.). Download it',
    ],
    [
      'was transferred',
      ndarray('float32', gone, [2, 2], [2, 1], 0),
      'ndarray whose data is detached. Send it before',
    ],
  ])('that %s is an error with its path', (_, tensor, message) => {
    const error = errorOf(() => send({ logits: [tensor] }));
    expect(error.code).toBe('ERR_ARENA_UNSENDABLE');
    expect(error.message).toContain(`item.logits[0] is a tensor of ${message}`);
    expect(error).toHaveProperty('details.path', 'item.logits[0]');
  });
});

describe('an object with the fields of a tensor and a class of its own', () => {
  class Column {
    readonly type = 'varchar';
    readonly dims = [80];
    readonly size = 80;
    readonly nullable = true;
  }
  class Grid {
    readonly type = 'float32';
    readonly dims = [2, 2];
    readonly size = 4;
    readonly data = new Float32Array(4);
    readonly unit = 'K';
    reshape() {}
    dispose() {}
  }
  class Lazy {
    readonly dtype = 'int8';
    readonly shape = [2];
    readonly label = 'mine';
    dataSync() {
      throw new Error('not to be called');
    }
  }
  class Strided {
    readonly data = new Float32Array(100);
    readonly shape = [2];
    readonly stride = [1];
    readonly offset = 0;
    readonly comment = 'all hundred count';
    get() {}
    set() {}
  }

  it.each([new Column(), new Grid(), new Lazy(), new Strided()])(
    'arrives as what it is: %o',
    (value) => {
      expect(send(value)).toEqual({ ...value });
    },
  );

  it('arrives as the object that it is, also with fields that are not elements', () => {
    // ndarray's views of plain arrays.
    const view = ndarray('array', [1, 'two', null] as never, [3], [1], 0);
    expect(send(view)).toEqual({ data: [1, 'two', null], shape: [3], stride: [1], offset: 0 });
  });
});
