import { offloadItem } from '@arena/payloads';
import { describe, expect, it } from 'vitest';
import { errorOf, send } from './send.js';

const unsendable: [string, unknown, string][] = [
  ['a function', () => {}, 'a function'],
  ['a class', class Clip {}, 'a function'],
  ['a symbol', Symbol('s'), 'a symbol'],
  ['a Symbol object', Object(Symbol('s')), 'a Symbol object'],
  ['a WeakMap', new WeakMap(), 'an instance of WeakMap'],
  ['a WeakSet', new WeakSet(), 'an instance of WeakSet'],
  ['a WeakRef', new WeakRef({}), 'an instance of WeakRef'],
  ['a Promise', Promise.resolve(), 'an instance of Promise'],
  [
    'a class that extends Promise',
    new (class Job extends Promise<void> {})(() => {}),
    'an instance of Job',
  ],
  ['a generator', (function* () {})(), '[object Generator]'],
  ['an async generator', (async function* () {})(), '[object AsyncGenerator]'],
  ['an iterator', [].values(), 'Iterator'],
  ['an iterator of a Map', new Map().entries(), 'Iterator'],
  ['a formatter', new Intl.NumberFormat(), 'an instance of NumberFormat'],
  ['a Blob', new Blob([]), 'an instance of Blob'],
  ['a URL', new URL('file:///'), 'an instance of URL'],
  ['an AbortSignal', AbortSignal.abort(), 'an instance of AbortSignal'],
  ['a MessagePort', new MessageChannel().port1, 'an instance of MessagePort'],
  ['a Proxy of a Map', new Proxy(new Map(), {}), 'a Proxy'],
];

describe('a value that cannot be sent', () => {
  it.each(unsendable)('is an error for %s', (_, value, what) => {
    const error = errorOf(() => offloadItem({ frames: [0, { callback: value }] }));
    expect(error.code).toBe('ERR_ARENA_UNSENDABLE');
    expect(error.message).toContain(what);
    expect(error.message).toMatch(/^item\.frames\[1\]\.callback is an? /);
    expect(error.message).toContain('Leave it out, or register a codec');
  });

  it.each([
    ['a function', () => {}, /Send plain data instead$/],
    ['a URL', new URL('file:///'), /Send plain data instead, or register a codec for it$/],
  ])(
    'is refused without the advice to leave it out, when it is the item itself: %s',
    (_, item, advice) => {
      expect(errorOf(() => offloadItem(item)).message).toMatch(advice);
    },
  );

  const key = {};
  const paths: [string, unknown][] = [
    ['item', () => {}],
    ['item.a.b[2]', { a: { b: [0, 0, () => {}] } }],
    ['item["two words"]["3"]', { 'two words': { 3: () => {} } }],
    ['item.get("codec")', new Map([['codec', () => {}]])],
    [
      'item.values()[1]',
      new Map<unknown, unknown>([
        [key, 0],
        [1, () => {}],
      ]),
    ],
    [
      'item.keys()[1].f',
      new Map<unknown, unknown>([
        [1, 0],
        [{ f: () => {} }, 0],
      ]),
    ],
    ['item.tags.values()[1]', { tags: new Set([1, () => {}]) }],
    ['item.cause.f', new Error('e', { cause: { f: () => {} } })],
    ['item.extra', Object.assign([1], { extra: () => {} })],
    ['item.größe', { größe: () => {} }],
  ];

  it.each(paths)('is named by its path %s', (path, item) => {
    const error = errorOf(() => offloadItem(item));
    expect(error.message.startsWith(`${path} is a function`)).toBe(true);
    expect(error).toHaveProperty('details.path', path);
  });

  it('is named by a path that stays readable however deep it is', () => {
    let item: unknown = () => {};
    for (let i = 0; i < 900; i++) item = { next: item };
    const error = errorOf(() => offloadItem(item));
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).toContain('.next...');
  });

  it('may be nested deeper than 1000 levels', () => {
    let nested: unknown = 0;
    for (let i = 0; i < 1001; i++) nested = [nested];
    const endless = (): object =>
      Object.defineProperty({}, 'next', { enumerable: true, get: endless });
    for (const item of [nested, endless()]) {
      const error = errorOf(() => offloadItem(item));
      expect(error.code).toBe('ERR_ARENA_UNSENDABLE');
      expect(error.message).toContain('is nested deeper than 1000 levels');
    }
  });

  it('leaves nothing behind in the encoder for the next item', () => {
    const shared = { a: 1 };
    errorOf(() => offloadItem({ shared, data: new Uint8Array(99999), f: () => {} }));
    expect(send({ shared, list: [shared] })).toEqual({ shared: { a: 1 }, list: [{ a: 1 }] });
  });

  it('does not hide an error that a getter throws', () => {
    const item = {
      get broken() {
        throw new RangeError('from the getter');
      },
    };
    expect(() => offloadItem(item)).toThrow(new RangeError('from the getter'));
  });
});
