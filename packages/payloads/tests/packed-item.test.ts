import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { type PackedItem, packItem, registerCodec, releaseItem, unpackItem } from '@arena/payloads';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { anyGraph, anyTree } from './any-item.js';
import { send } from './send.js';
import { OrtTensor } from './tensor-libraries.js';

/** Keeps its bytes in a private field, which structured clone does not read. */
class Secret {
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get bytes(): Uint8Array {
    return this.#bytes;
  }
}

const secret = () => new Secret(new Uint8Array(40_000).fill(7));

it('an object of a class that has no codec is not packed', () => {
  expect(packItem({ secret: secret() })).toBe(undefined);
});

it('an item that is not packed arrives by structured clone as it does through an arena', () => {
  fc.assert(
    fc.property(fc.oneof(anyTree, anyGraph), (item) => {
      const packed = packItem(item);
      const cloned = packed ? unpackItem(packed) : deserialize(serialize(item));
      expect(isDeepStrictEqual(cloned, send(item))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('an error is packed, also one that is part of its own cause', () => {
  const error = new TypeError('failed');
  error.cause = { error };
  const packed = packItem([error]) as PackedItem;
  const [restored] = unpackItem<[TypeError]>(deserialize(serialize(packed)));
  expect(restored).toBeInstanceOf(TypeError);
  expect((restored.cause as { error: unknown }).error).toBe(restored);
});

it('a tensor of another library is packed', () => {
  const tensor = new OrtTensor('int8', new Int8Array(2), [2]);
  expect(unpackItem(packItem({ tensor }) as PackedItem)).toEqual({
    tensor: { dtype: 'int8', shape: [2], data: new Int8Array(2) },
  });
});

it('every item is packed with `always`', () => {
  expect(unpackItem(packItem({ a: 1 }, { always: true }))).toEqual({ a: 1 });
});

describe('an item', () => {
  beforeAll(() =>
    registerCodec<Secret>({
      name: 'test.secret',
      matches: (value) => value instanceof Secret,
      encode: ({ bytes }) => ({ payloads: [bytes] }),
      decode: (_meta, [bytes]) => new Secret(bytes as Uint8Array),
    }),
  );

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['text', 'text'],
    ['a binary', new Uint8Array(100)],
    ['others', { a: [1, new Map([[{}, new Set([new Date(0)])]])] }],
  ])('that holds none of its values is not packed: %s', (_, item) => {
    expect(packItem(item)).toBe(undefined);
  });

  const value = secret();
  const cyclic: { self?: object; value: Secret } = { value };
  cyclic.self = cyclic;
  it.each<[string, object, (item: never) => unknown]>([
    ['as the item', value, (item) => item],
    ['in an array', [1, [value]], (item: [number, [Secret]]) => item[1][0]],
    ['as the key of a Map', new Map([[value, 1]]), (item: Map<Secret, 1>) => [...item.keys()][0]],
    ['as a value of a Map', new Map([[1, value]]), (item: Map<1, Secret>) => item.get(1)],
    ['in a Set', new Set([value]), (item: Set<Secret>) => [...item][0]],
    ['as the cause of an error', new Error('a', { cause: value }), (item: Error) => item.cause],
    ['in a cycle', cyclic, (item: typeof cyclic) => item.self === item && item.value],
  ])('is packed and made again with one %s', (_, item, find) => {
    const packed = packItem(item);
    if (packed === undefined) throw new Error('it was not packed');
    const found = find(unpackItem(structuredClone(packed)) as never) as Secret;
    expect(found).toBeInstanceOf(Secret);
    expect(found.bytes).toEqual(value.bytes);
  });

  it('that was packed is released like any other', () => {
    const item = unpackItem<{ value: Secret }>(packItem({ value }) as never);
    releaseItem(item);
    releaseItem(item);
    expect(item.value.bytes).toEqual(value.bytes);
  });

  it('that cannot be sent says where', () => {
    expect(() => packItem({ value, at: [() => 1] })).toThrow('item.at[0]');
  });
});
