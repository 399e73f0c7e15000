import { Buffer } from 'node:buffer';
import { offloadItem, restoreItem } from '@arena/payloads';
import { CopiedLease, defaultCopyThreshold } from '@arena/shm-core/internal';
import { describe, expect, it } from 'vitest';
import { errorOf, leaseOf, send, sendOffloaded } from './send.js';

interface ViewType {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): ArrayBufferView;
  readonly name: string;
  readonly BYTES_PER_ELEMENT?: number;
}

const float16 = (globalThis as { Float16Array?: ViewType }).Float16Array;

const viewTypes: ViewType[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  ...(float16 ? [float16] : []),
];

/** A view of `byteLength` counted bytes inside a larger buffer, as slices of a batch are. */
function viewOf(View: ViewType, byteLength: number): ArrayBufferView {
  const buffer = new ArrayBuffer(byteLength + 32);
  new Uint8Array(buffer).forEach((_, i, all) => {
    all[i] = (i * 7) % 251;
  });
  return new View(buffer, 16, byteLength / (View.BYTES_PER_ELEMENT ?? 1));
}

interface ResizableBuffer extends ArrayBuffer {
  resize(byteLength: number): void;
}

/** The language library that this project compiles against does not know them yet. */
function resizableBuffer(byteLength: number, maxByteLength: number): ResizableBuffer {
  const Type = ArrayBuffer as unknown as {
    new (byteLength: number, options: { maxByteLength: number }): ResizableBuffer;
  };
  return new Type(byteLength, { maxByteLength });
}

const asBytes = (view: ArrayBufferView) =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength);
const bytesOf = (view: ArrayBufferView) => asBytes(view).toString('hex');

describe.each(viewTypes)('$name', (View) => {
  const step = View.BYTES_PER_ELEMENT ?? 1;

  it('comes back as the same type with the same bytes on both sides of the threshold', () => {
    const copyThreshold = 48;
    for (const byteLength of [0, step, copyThreshold - step, copyThreshold, copyThreshold + step]) {
      const view = viewOf(View, byteLength);
      const offloaded = offloadItem({ view }, { copyThreshold });
      expect(offloaded.byteLength).toBe(byteLength > copyThreshold ? byteLength : 0);
      const restored = send({ view }, { copyThreshold }).view;
      expect(Object.getPrototypeOf(restored)).toBe(View.prototype);
      expect(bytesOf(restored)).toBe(bytesOf(view));
    }
  });

  it('views the memory of the lease on a 64-byte boundary when offloaded', () => {
    const item = { odd: new Uint8Array(17), view: viewOf(View, 64) };
    const lease = leaseOf(item, { copyThreshold: 0 });
    const { buffer } = lease.bytes;
    const restored = restoreItem<typeof item>(lease);
    expect(restored.view.buffer).toBe(buffer);
    expect(restored.view.byteOffset).toBe(64);
  });

  it('is aligned and private when inline, wherever it lies in the envelope', () => {
    for (let shift = 0; shift < 9; shift++) {
      const view = viewOf(View, 16);
      const item = ['x'.repeat(shift), view];
      const lease = leaseOf(item);
      const restored = restoreItem<[string, ArrayBufferView]>(lease)[1];
      expect(lease.active).toBe(false);
      expect(restored.byteOffset % step).toBe(0);
      expect(bytesOf(restored)).toBe(bytesOf(view));
    }
  });

  it('outlives the memory of its envelope when inline', () => {
    const view = viewOf(View, 16);
    const lease = leaseOf([view]);
    const restored = restoreItem<ArrayBufferView[]>(lease)[0] as ArrayBufferView;
    lease.envelope.fill(0xff);
    expect(bytesOf(restored)).toBe(bytesOf(view));
  });

  it('comes back from an envelope and a unit that lie on odd addresses', () => {
    const view = viewOf(View, 64);
    for (const copyThreshold of [0, 64]) {
      const offloaded = offloadItem([view], { copyThreshold });
      const odd = (byteLength: number) => new Uint8Array(byteLength + 1).subarray(1);
      const bytes = odd(offloaded.byteLength);
      const envelope = odd(offloaded.envelope.length);
      offloaded.copyTo(bytes);
      envelope.set(offloaded.envelope);
      const lease = new CopiedLease(bytes, envelope);
      expect(bytesOf(restoreItem<ArrayBufferView[]>(lease)[0] as ArrayBufferView)).toBe(
        bytesOf(view),
      );
    }
  });
});

describe('a binary', () => {
  it('is offloaded above the default threshold only', () => {
    expect(offloadItem(new Uint8Array(defaultCopyThreshold)).byteLength).toBe(0);
    expect(offloadItem(new Uint8Array(defaultCopyThreshold + 1)).byteLength).toBe(
      defaultCopyThreshold + 1,
    );
  });

  it('travels in one unit with the others of its item, each on a 64-byte boundary', () => {
    const item = { a: new Uint8Array(65).fill(1), deep: [new Map([['b', new Float64Array(3)]])] };
    const restored = sendOffloaded(item);
    expect(restored.a.byteOffset).toBe(0);
    expect(restored.deep[0]?.get('b')?.byteOffset).toBe(128);
    expect(restored.deep[0]?.get('b')?.buffer).toBe(restored.a.buffer);
  });

  it('of a class that extends a typed array comes back as that typed array', () => {
    class Pixels extends Uint8ClampedArray {}
    const restored = sendOffloaded(new Pixels([1, 2, 300]));
    expect(Object.getPrototypeOf(restored)).toBe(Uint8ClampedArray.prototype);
    expect([...restored]).toEqual([1, 2, 255]);
  });

  it('of megabytes comes back, whatever view and memory it is', () => {
    const byteLength = 3 * 2 ** 20 + 8;
    for (const buffer of [new ArrayBuffer(byteLength), new SharedArrayBuffer(byteLength)]) {
      const doubles = new Float64Array(buffer).map((_, i) => i);
      new Float64Array(buffer).set(doubles);
      const [left, right] = send([new Float64Array(buffer, 8), new DataView(buffer, 3)]);
      expect(Buffer.compare(asBytes(left), asBytes(doubles.subarray(1)))).toBe(0);
      expect(Buffer.compare(asBytes(right), asBytes(doubles).subarray(3))).toBe(0);
    }
  });

  it('is not shared with another view of the same ArrayBuffer', () => {
    const buffer = new ArrayBuffer(64);
    const item = { left: new Uint8Array(buffer, 0, 32), right: new Uint8Array(buffer, 0, 32) };
    const restored = sendOffloaded(item);
    restored.left[0] = 9;
    expect(restored.right[0]).toBe(0);
  });

  it('arrives with the bytes that it has when the unit is filled, not with those at the offload', () => {
    const data = new Uint8Array(32);
    const offloaded = offloadItem(data, { copyThreshold: 0 });
    data.fill(5);
    const target = new Uint8Array(32);
    offloaded.copyTo(target);
    expect(target).toEqual(data);
  });

  it('that was transferred before its unit is filled is an error, never stale memory', () => {
    for (const data of [
      new Uint8Array(32),
      new DataView(new ArrayBuffer(32)),
      new ArrayBuffer(32),
    ]) {
      const offloaded = offloadItem([data], { copyThreshold: 0 });
      const buffer = (ArrayBuffer.isView(data) ? data.buffer : data) as ArrayBuffer;
      structuredClone(buffer, { transfer: [buffer] });
      const error = errorOf(() => offloaded.copyTo(new Uint8Array(32)));
      expect(error.code).toBe('ERR_ARENA_UNSENDABLE');
      expect(error.message).toContain(
        'item[0] has 0 bytes now, and had 32 when it was to be written',
      );
    }
  });

  it('needs a target of the size of its unit', () => {
    const offloaded = offloadItem(new Uint8Array(32), { copyThreshold: 0 });
    expect(() => offloaded.copyTo(new Uint8Array(31))).toThrow(
      expect.objectContaining({
        code: 'ERR_ARENA_INVALID_ARGUMENT',
        message: 'the item needs 32 bytes, the target has 31',
      }),
    );
  });
});

describe('small binaries of items', () => {
  it('stay unchanged when later items are restored', () => {
    const items = Array.from({ length: 2000 }, (_, i) => [new Uint8Array(i % 200).fill(i), i]);
    const restored = items.map((item) => send(item));
    expect(restored).toEqual(items);
  });

  it('cannot be transferred away from each other', () => {
    const [left, right] = send([Uint8Array.of(1), Uint8Array.of(2)]) as [Uint8Array, Uint8Array];
    try {
      structuredClone(left, { transfer: [left.buffer as ArrayBuffer] });
    } catch {
      // What Node.js does with memory that is marked differs between versions; it does not take it.
    }
    expect([left[0], right[0]]).toEqual([1, 2]);
    expect(send(Uint8Array.of(3))).toEqual(Uint8Array.of(3));
  });
});

describe('a Float16Array', () => {
  it.skipIf(float16)('is ERR_ARENA_INCOMPATIBLE where this Node.js has none', () => {
    const kindAt = 9;
    const lease = leaseOf(new Int16Array(2));
    const followsDataView =
      (offloadItem(new DataView(new ArrayBuffer(2))).envelope[kindAt] ?? 0) + 1;
    lease.envelope[kindAt] = followsDataView;
    const error = errorOf(() => restoreItem(lease));
    expect(error.code).toBe('ERR_ARENA_INCOMPATIBLE');
    expect(error.message).toContain('the item holds a Float16Array, which Node.js');
  });
});

describe('a Buffer', () => {
  it('from the pool sends its own bytes only and comes back as a Buffer', () => {
    const text = Buffer.from('small and pooled');
    for (const copyThreshold of [0, 1000]) {
      expect(offloadItem(text, { copyThreshold }).byteLength).toBe(copyThreshold ? 0 : 16);
      const restored = send(text, { copyThreshold });
      expect(Buffer.isBuffer(restored)).toBe(true);
      expect(restored.toString()).toBe('small and pooled');
    }
  });

  it('and a Uint8Array each keep their type', () => {
    const restored = sendOffloaded([Buffer.from('a'), new Uint8Array(1)]);
    expect(restored.map((it) => it.constructor.name)).toEqual(['Buffer', 'Uint8Array']);
  });
});

describe('an ArrayBuffer', () => {
  it('comes back as a private copy, offloaded or not, and holds no lease', () => {
    for (const copyThreshold of [0, 1000]) {
      const lease = leaseOf({ buffer: Uint8Array.of(1, 2, 3).buffer }, { copyThreshold });
      const { buffer } = restoreItem<{ buffer: ArrayBuffer }>(lease);
      expect(lease.active).toBe(false);
      expect(buffer).toBeInstanceOf(ArrayBuffer);
      expect(new Uint8Array(buffer)).toEqual(Uint8Array.of(1, 2, 3));
    }
  });

  it('that is resizable sends its present bytes, and views that track its length do so as well', () => {
    const buffer = resizableBuffer(8, 64);
    const following = new Uint16Array(buffer);
    buffer.resize(4);
    const restored = sendOffloaded({ buffer, following });
    expect(restored.buffer.byteLength).toBe(4);
    expect(restored.following.length).toBe(2);
  });

  it('that is detached, or a view of one, is an error with its path', () => {
    const buffer = new ArrayBuffer(8);
    const items = [buffer, new Uint8Array(buffer), new DataView(buffer)];
    structuredClone(buffer, { transfer: [buffer] });
    for (const data of items) {
      const error = errorOf(() => offloadItem({ frames: [{ data }] }));
      expect(error.code).toBe('ERR_ARENA_UNSENDABLE');
      expect(error.message).toMatch(/^item\.frames\[0\]\.data is detached/);
    }
  });

  it('that is shared is an error that says what to send; a view of one sends a copy', () => {
    const shared = new SharedArrayBuffer(4);
    const error = errorOf(() => offloadItem({ shared }));
    expect(error.code).toBe('ERR_ARENA_UNSENDABLE');
    expect(error.message).toBe(
      'item.shared is a SharedArrayBuffer and cannot be sent. Send a typed array over it, whose bytes are copied',
    );
    const view = new Uint8Array(shared).fill(3);
    expect(send({ view }).view).toEqual(Uint8Array.of(3, 3, 3, 3));
    expect(sendOffloaded({ view }).view).toEqual(Uint8Array.of(3, 3, 3, 3));
  });
});
