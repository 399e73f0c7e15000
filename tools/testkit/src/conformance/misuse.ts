import { expect, it } from 'vitest';
import { type Failure, failureOf, rejectionOf } from '../outcome.js';
import type { Pair, Stage } from '../stage.js';
import { nextContent } from '../take.js';

/** Calls that JavaScript allows and the types forbid. */
// biome-ignore lint/suspicious/noExplicitAny: wrong types are what is tested
type Wrong = any;

type WrongCall = (pair: Pair, wrong: Wrong) => unknown;

const notWholeNumbers: Wrong[] = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];
const notNumbers: Wrong[] = ['1', 1n, {}, [], true, Symbol('1')];
const notLengths: Wrong[] = [...notWholeNumbers, ...notNumbers, undefined, null];
/** An array whose buffer was transferred away: it has no bytes any more. */
const detached = new Uint8Array(4);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const notBytes: Wrong[] = [
  ...['text', 5, null, undefined, [1], new ArrayBuffer(4), new Uint16Array(1)],
  detached,
];
const notEnvelopes: Wrong[] = ['text', 5, null, [1], new ArrayBuffer(4), detached];
const notDeadlines: Wrong[] = [-1, Number.NaN, '5', null, {}, 5n];
const notSignals: Wrong[] = ['abort', {}, 1, null];
const notOptions: Wrong[] = [null, 5, 'from', [], [1], () => {}, new Uint8Array(1), new Map()];

const bytes = Uint8Array.of(1);

/** Every call that takes options, in groups by the options. */
const withOptions: Record<string, WrongCall> = {
  acquire: ({ writer }, options) => writer.acquire(1, options),
  tryAcquire: ({ writer }, options) => writer.tryAcquire(1, options),
  acquireSync: ({ writer }, options) => writer.acquireSync(1, options),
  write: ({ writer }, options) => writer.write(bytes, options),
  tryWrite: ({ writer }, options) => writer.tryWrite(bytes, options),
  writeSync: ({ writer }, options) => writer.writeSync(bytes, options),
  writeMany: ({ writer }, options) => writer.writeMany([bytes], options),
  tryWriteMany: ({ writer }, options) => (writer as Wrong).tryWriteMany([bytes], options),
  read: ({ reader }, options) => reader.read(options),
  readSync: ({ reader }, options) => reader.readSync(options),
  readInto: ({ reader }, options) => reader.readInto(new Uint8Array(8), options),
  readMany: ({ reader }, options) => reader.readMany(4, options),
  writer: ({ arena }, options) => arena.writer(options),
  reader: ({ arena }, options) => arena.reader(options),
};
const withEnvelope = ['acquire', 'tryAcquire', 'acquireSync', 'write', 'tryWrite', 'writeSync'];
const withSignal = ['acquire', 'write', 'writeMany', 'read', 'readInto', 'readMany'];
const withDeadline = [...withSignal, 'acquireSync', 'writeSync', 'readSync'];

/** A misspelt option for each call that has no `timeoutMs`. */
const nearlyRight: Record<string, [string, string]> = {
  tryAcquire: ['Envelope', 'envelope'],
  tryWrite: ['enevlope', 'envelope'],
  writer: ['spinMicros', 'spinMicroseconds'],
  reader: ['form', 'from'],
};

const rows = (names: string[], option: string, wrongs: Wrong[]): [string, Wrong[], WrongCall][] =>
  names.map((name) => [
    `${name}({ ${option} })`,
    wrongs,
    (pair, wrong) => withOptions[name]?.(pair, { [option]: wrong }),
  ]);

const calls: [string, Wrong[], WrongCall][] = [
  ['acquire(byteLength)', notLengths, ({ writer }, wrong) => writer.acquire(wrong)],
  ['tryAcquire(byteLength)', notLengths, ({ writer }, wrong) => writer.tryAcquire(wrong)],
  ['acquireSync(byteLength)', notLengths, ({ writer }, wrong) => writer.acquireSync(wrong)],
  ['write(bytes)', notBytes, ({ writer }, wrong) => writer.write(wrong)],
  ['tryWrite(bytes)', notBytes, ({ writer }, wrong) => writer.tryWrite(wrong)],
  ['writeSync(bytes)', notBytes, ({ writer }, wrong) => writer.writeSync(wrong)],
  [
    'writeMany(units)',
    [5, {}, new Uint8Array(2), ...notBytes.map((wrong) => [wrong])],
    ({ writer }, wrong) => writer.writeMany(wrong),
  ],
  [
    'tryWriteMany(units)',
    notBytes.map((wrong) => [wrong]),
    ({ writer }, wrong) => writer.tryWriteMany(wrong),
  ],
  ['readInto(target)', notBytes, ({ reader }, wrong) => reader.readInto(wrong)],
  ['readMany(max)', [0, ...notLengths], ({ reader }, wrong) => reader.readMany(wrong)],
  ...Object.entries(withOptions).map(([name, call]): [string, Wrong[], WrongCall] => [
    `${name}(options)`,
    notOptions,
    call,
  ]),
  ...rows(withEnvelope, 'envelope', notEnvelopes),
  ...rows(withDeadline, 'timeoutMs', notDeadlines),
  ...rows(withSignal, 'signal', notSignals),
  ...rows(['reader'], 'from', ['middle', 5, {}]),
  ...rows(['reader'], 'coalesce', [
    ...[null, 3, {}, { units: 3 }, { withinMs: 5 }],
    ...[0, 1.5, '3'].map((units) => ({ units, withinMs: 5 })),
    ...[0, 101, 1.5, '5'].map((withinMs) => ({ units: 3, withinMs })),
  ]),
  ...rows(['reader', 'writer'], 'spinMicroseconds', [...notWholeNumbers, ...notNumbers]),
];

export function describeMisuse(stage: Stage): void {
  it.each(calls)('of %s is refused and loses nothing', async (name, wrongs, call) => {
    const pair = stage.pair();
    await pair.writer.write(Uint8Array.of(1, 2));
    for (const wrong of wrongs) {
      const failure = await rejectionOf((async () => call(pair, wrong))());
      expectMisuse(failure, `${name} with ${shown(wrong)}`);
    }
    expect((await nextContent(pair.reader)).bytes).toEqual(Uint8Array.of(1, 2));
    await pair.writer.write(Uint8Array.of(3));
    expect((await nextContent(pair.reader)).bytes).toEqual(Uint8Array.of(3));
  });

  // The options of tryWriteMany differ between the transports.
  it.each(Object.entries(withOptions).filter(([name]) => name !== 'tryWriteMany'))(
    'by an option that %s does not have is refused, with the nearest that it has',
    async (name, call) => {
      const pair = stage.pair();
      const [wrong, right] = nearlyRight[name] ?? ['timeout', 'timeoutMs'];
      const failure = await rejectionOf((async () => call(pair, { [wrong]: 50 }))());
      expectMisuse(failure, name);
      expect(failure.message).toBe(`unknown option '${wrong}'. Did you mean '${right}'?`);
    },
  );

  it('of commit leaves the unit open', async () => {
    const { writer, reader } = stage.pair();
    const unit = await writer.acquire(8);
    unit.bytes.fill(5);
    for (const wrong of [...notWholeNumbers, ...notNumbers, null]) {
      expectMisuse(
        failureOf(() => unit.commit(wrong)),
        `commit(${shown(wrong)})`,
      );
    }
    unit.commit(2);
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(5, 5));
  });

  it('of attach is refused', () => {
    const { arenaClass } = stage.transport;
    for (const wrong of [undefined, null, 5, true, Symbol(), [], {}, { name: 5 }, { name: '' }]) {
      expectMisuse(
        failureOf(() => stage.attach(wrong as Wrong)),
        `attach(${shown(wrong)})`,
      );
    }
    const { handle } = stage.create();
    const attach = arenaClass.attach.bind(arenaClass) as (
      handle: string,
      options: Wrong,
    ) => unknown;
    for (const wrong of [...notOptions, { populate: 'yes' }, { populated: true }]) {
      expectMisuse(
        failureOf(() => attach(handle, wrong)),
        `attach(handle, ${shown(wrong)})`,
      );
    }
  });

  it('of the constructor is refused', () => {
    const made = stage.transport.arenaClass as unknown as new (options: object) => unknown;
    const failure = failureOf(() => new made(stage.options()));
    expectMisuse(failure, 'new');
    expect(failure.message).toContain(`Call ${made.name}.create(options)`);
  });

  it('of create is refused', () => {
    const { arenaClass } = stage.transport;
    for (const wrong of [undefined, {}, ...notOptions, { ...stage.options(), maxPeer: 5 }]) {
      expectMisuse(
        failureOf(() => arenaClass.create(wrong as Wrong)),
        `create(${shown(wrong)})`,
      );
    }
  });

  it.each<[string, Wrong[]]>([
    ['maxPeers', [0, 257, ...notWholeNumbers, ...notNumbers]],
    ['name', ['', 'a/b', '..', '.hidden', 'a b', 'ü', 'x'.repeat(201), 5, null, {}]],
    ['populate', ['yes', 1, {}]],
  ])('of create({ %s }) is refused', (option, wrongs) => {
    const { arenaClass } = stage.transport;
    for (const wrong of wrongs) {
      const options = { ...stage.options(), [option]: wrong };
      expectMisuse(
        failureOf(() => arenaClass.create(options)),
        `${option} ${shown(wrong)}`,
      );
    }
  });
}

/** A wrong value of any type, as text. */
function shown(wrong: Wrong): string {
  if (wrong === detached) return 'a detached array';
  return Array.isArray(wrong) ? `[${wrong.map(shown)}]` : String(wrong);
}

function expectMisuse(failure: Failure, context: string): void {
  expect(failure, context).toSatisfy(
    (error) => error instanceof TypeError || error instanceof RangeError,
  );
  expect(failure.code, context).toBe('ERR_ARENA_INVALID_ARGUMENT');
}
