/** How one kind of payload is made of filled memory, and read back. */
interface FilledKind {
  /** The payload over all of `memory`, whose length is a multiple of 4. */
  wrap(memory: ArrayBuffer): unknown;
  /** The payload's bytes; `undefined` where `payload` is not what `wrap` makes. */
  bytesOf(payload: unknown): Uint8Array | undefined;
}

const viewBytes = (view: ArrayBufferView) =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const bytes: FilledKind = {
  wrap: (memory) => new Uint8Array(memory),
  bytesOf: (payload) => (payload instanceof Uint8Array ? payload : undefined),
};

const typedArray: FilledKind = {
  wrap: (memory) => new Float32Array(memory),
  bytesOf: (payload) => (payload instanceof Float32Array ? viewBytes(payload) : undefined),
};

interface TensorLike {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: unknown;
}

const isTensor = (payload: unknown): payload is TensorLike =>
  typeof payload === 'object' &&
  payload !== null &&
  'dtype' in payload &&
  'shape' in payload &&
  'data' in payload;

const tensor: FilledKind = {
  wrap: (memory) => {
    const data = new Float32Array(memory);
    return { dtype: 'float32', shape: [data.length], offset: 0, data };
  },
  bytesOf: (payload) => {
    if (!isTensor(payload) || payload.dtype !== 'float32') return undefined;
    const { data, shape } = payload;
    return data instanceof Float32Array && shape[0] === data.length ? viewBytes(data) : undefined;
  },
};

const filledKinds = { bytes, 'typed-array': typedArray, tensor };

export type FilledKindName = keyof typeof filledKinds;

/** Video packets are not made of filled memory. See packets.ts. */
export type KindName = FilledKindName | 'packets';

export const filledKindNames = Object.keys(filledKinds) as FilledKindName[];
export const kindNames: KindName[] = [...filledKindNames, 'packets'];

export const filledKindOf = (name: FilledKindName): FilledKind => filledKinds[name];
