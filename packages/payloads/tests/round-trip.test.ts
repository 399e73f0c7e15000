import { isDeepStrictEqual } from 'node:util';
import { offloadItem } from '@arena/payloads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, anyTree, identityDifference } from './any-item.js';
import { send, sendOffloaded } from './send.js';

const thresholds = fc.constantFrom(0, 1, 16, 40, Number.POSITIVE_INFINITY);

describe('an item', () => {
  it('comes back as structuredClone gives it', () => {
    fc.assert(
      fc.property(anyTree, thresholds, (item, copyThreshold) => {
        const restored = send(item, { copyThreshold });
        return isDeepStrictEqual(restored, structuredClone(item));
      }),
      { numRuns: 1500 },
    );
  });

  it('keeps repeated references and cycles', () => {
    fc.assert(
      fc.property(anyGraph, thresholds, (item, copyThreshold) => {
        const restored = send(item, { copyThreshold });
        const expected = structuredClone(item);
        expect(isDeepStrictEqual(restored, expected)).toBe(true);
        expect(identityDifference(restored, expected)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('keeps -0, NaN and undefined apart from what JSON makes of them', () => {
    const restored = send({ zero: -0, nan: Number.NaN, gone: undefined });
    expect(Object.is(restored.zero, -0)).toBe(true);
    expect(restored.nan).toBeNaN();
    expect(Object.keys(restored)).toEqual(['zero', 'nan', 'gone']);
  });

  it('keeps integers at the edges of their encodings', () => {
    const numbers = [0, 1, 127, 128, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53];
    expect(send(numbers)).toEqual(numbers);
  });

  it('keeps bigints at the edges of their encodings', () => {
    const bigints = [
      0n,
      -1n,
      2n ** 63n - 1n,
      2n ** 63n,
      -(2n ** 63n),
      -(2n ** 63n) - 1n,
      2n ** 999n,
    ];
    expect(send(bigints)).toEqual(bigints);
  });

  it('keeps texts of one and of two bytes a character around every length that matters', () => {
    const texts = [];
    for (const length of [0, 1, 12, 13, 24, 25, 63, 64, 65, 5000]) {
      for (const character of ['a', '\0', '\xff', '\u0100', '\ud800', '\udc00']) {
        texts.push(character.repeat(length), `${'a'.repeat(length)}${character}`);
      }
    }
    expect(send(texts)).toEqual(texts);
  });

  it('keeps well-known texts as names and values, in two bytes each', () => {
    const item = { dtype: 'float32', shape: 'width', data: 'dtype', other: 'int8' };
    expect(send(item)).toEqual(item);
    const bytesOf = (value: unknown) => offloadItem(value).envelope.length;
    expect(bytesOf({ shape: 'float32' }) - bytesOf({ '': '' })).toBe(2);
  });

  it('keeps an invalid date', () => {
    const restored = send(new Date(Number.NaN));
    expect(restored).toBeInstanceOf(Date);
    expect(restored.getTime()).toBeNaN();
  });

  it('ignores toJSON', () => {
    const item = { toJSON: 'a value like any other' };
    expect(send(item)).toEqual(item);
  });

  it('keeps an own property named __proto__ and sets no prototype', () => {
    const restored = send(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(Object.keys(restored)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(restored)).toBe(Object.prototype);
    expect(restored.polluted).toBeUndefined();
  });

  it('keeps holes, extra properties and the length of arrays', () => {
    const holes = Object.assign([], { 0: 1, 2: 3, length: 5 });
    const match = /(?<year>\d+)/.exec('in 1993') as RegExpExecArray;
    const long: unknown[] = [];
    long[4_000_000_000] = 'far';
    const [restoredHoles, restoredMatch, restoredLong] = send([holes, match, long]) as unknown[][];
    expect(isDeepStrictEqual(restoredHoles, holes)).toBe(true);
    expect(restoredHoles).toHaveLength(5);
    expect(1 in (restoredHoles as unknown[])).toBe(false);
    expect(isDeepStrictEqual(restoredMatch, structuredClone(match))).toBe(true);
    expect(restoredLong).toHaveLength(4_000_000_001);
  });

  it('keeps the longest array of all without a member', () => {
    const longest: unknown[] = [];
    longest.length = 2 ** 32 - 1;
    const restored = send(longest);
    expect(restored).toHaveLength(2 ** 32 - 1);
    expect(Object.keys(restored)).toEqual([]);
    longest[2 ** 32 - 2] = 'last';
    expect(Object.entries(send(longest))).toEqual([['4294967294', 'last']]);
  });

  it('tells a hole and an extra property from a dense array of the same number of keys', () => {
    const item = Object.assign([], { 0: 1, 2: 3, extra: true });
    expect(isDeepStrictEqual(send(item), structuredClone(item))).toBe(true);
  });

  it('sends an instance of a class as its own properties', () => {
    class Clip {
      #secret = 1;
      readonly name = 'clip';
      get secret() {
        return this.#secret;
      }
    }
    const restored = send(new Clip());
    expect(isDeepStrictEqual(restored, { name: 'clip' })).toBe(true);
  });

  it('keeps type, message, stack and cause of an error', () => {
    const error = new TypeError('wrong', { cause: [new RangeError('deep'), { a: 1 }] });
    const restored = send(error);
    expect(restored).toBeInstanceOf(TypeError);
    expect(restored.stack).toBe(error.stack);
    expect((restored.cause as unknown[])[0]).toBeInstanceOf(RangeError);
    for (const name of ['message', 'stack', 'cause']) {
      expect(Object.prototype.propertyIsEnumerable.call(restored, name)).toBe(false);
    }
  });

  it('keeps an error that is its own cause', () => {
    const error = new Error('loop');
    error.cause = error;
    const restored = send(error);
    expect(restored.cause).toBe(restored);
  });

  it('resets lastIndex, as structuredClone does', () => {
    const regExp = /x/g;
    regExp.lastIndex = 5;
    expect(send(regExp)).toEqual(/x/g);
    expect(send(regExp).lastIndex).toBe(0);
  });

  it('may be a primitive', () => {
    for (const item of [null, undefined, 0, '', true, 12n]) expect(send(item)).toBe(item);
  });

  it('stays one value for the same binary, array and object, at any depth', () => {
    const frame = new Float32Array(8).fill(1);
    const list = [frame];
    const restored = sendOffloaded({ frame, list, map: new Map([[list, new Set([frame])]]) });
    const [key, members] = [...restored.map][0] as [unknown, Set<unknown>];
    expect(restored.list[0]).toBe(restored.frame);
    expect(key).toBe(restored.list);
    expect(members.has(restored.frame)).toBe(true);
  });

  it('keeps identity among many objects', () => {
    const objects = Array.from({ length: 3000 }, (_, i) => ({ i }));
    const restored = send([...objects, ...objects]);
    for (const [i, object] of restored.slice(0, 3000).entries()) {
      expect(restored[i + 3000]).toBe(object);
      expect(object.i).toBe(i);
    }
  });

  it('may have a getter that offloads another item', () => {
    const item = {
      get inner() {
        return send({ list: [1, 2, 3] }).list;
      },
      after: 'unharmed',
    };
    expect(send(item)).toEqual({ inner: [1, 2, 3], after: 'unharmed' });
  });

  it('may be nested 1000 levels deep', () => {
    let item: unknown = 'bottom';
    for (let i = 0; i < 1000; i++) item = i % 2 ? [item] : { item };
    let restored = send(item);
    for (let i = 999; i >= 0; i--) {
      expect(Array.isArray(restored)).toBe(i % 2 === 1);
      restored = Object.values(restored as object)[0];
    }
    expect(restored).toBe('bottom');
  });
});
