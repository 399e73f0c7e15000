/** The kept inputs. Each has an outcome that no earlier input had. */
import { readFileSync, writeFileSync } from 'node:fs';
import { leaseOf } from '../send.js';
import { ndarray, OrtTensor } from '../tensor-libraries.js';
import type { Input } from './mutator.js';

const file = new URL('corpus.txt', import.meta.url);

/** One input a line: its envelope and its unit, in hexadecimal. */
export function readCorpus(): Input[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [envelope = '', unit = ''] = line.split(' ');
    return { envelope: bytesOf(envelope), unit: bytesOf(unit) };
  });
}

export function writeCorpus(inputs: readonly Input[]): void {
  const lines = inputs.map(({ envelope, unit }) => `${hexOf(envelope)} ${hexOf(unit)}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
}

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The first inputs of a corpus: every kind of value that an item can hold, inline and in the unit. */
export function seeds(): Input[] {
  const shared = { list: [1, 2] };
  const cause = new RangeError('deep', { cause: [1] });
  const items: unknown[] = [
    null,
    { data: new Uint8Array(40), i: 1 },
    { a: -0, b: 1.5, c: 10n, d: 10n ** 30n, e: undefined, f: true, g: 300, h: -5 },
    ['text', 'Ω'.repeat(20), 'x'.repeat(100), ''],
    new Map<unknown, unknown>([[shared, new Set([shared, 1])]]),
    [new Date(0), /a+/gi, new TypeError('wrong', { cause })],
    [Object(1), Object('s'), Object(2n), Object(false)],
    Object.assign([], { 3: 'far', extra: 1, length: 9 }),
    [new Float32Array(10), new BigInt64Array(3), new DataView(new ArrayBuffer(9))],
    [new ArrayBuffer(12), new Uint16Array(5), new Float64Array(2)],
    { nested: { nested: { nested: [[[[]]]] } } },
    ndarray('float32', new Float32Array(6), [2, 3], [3, 1], 0),
    [ndarray('uint8', new Uint8Array(40), [4, 10], [1, 4], 0)],
    { dtype: 'string', shape: [2], data: ['a', 'b'] },
    new OrtTensor('float32', new Float32Array(4), [2, 2]),
    new OrtTensor('string', ['a', 'b'], [2]),
  ];
  return items.flatMap((item) =>
    [{}, { copyThreshold: 0 }, { copyThreshold: 0, maxEnvelopeBytes: 32 }].map((how) => {
      const { envelope, bytes } = leaseOf(item, how);
      return { envelope: envelope.slice(), unit: bytes.slice() };
    }),
  );
}
