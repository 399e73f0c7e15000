/** Slow-downs and neutral changes, planted in a repository that has the shape of this one. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ScratchRepository } from './scratch-repository.js';

const LIMIT_MS = 180_000;

/** Both packages reach the transport. Times are compared only where a change is a thousandfold. */
const transport = `import { writeSync } from 'node:fs';

const room = new Uint8Array(65536);
const place = { at: 0 };

export function write(bytes) {
  room.set(bytes);
  place.at += 1;
}

export function lease() {
  return { bytes: room, index: place.at };
}

export function wake(pipe) {
  writeSync(pipe, '!');
}

export function startPass() {
  place.at = 0;
}
`;

const measurements = `import { openSync } from 'node:fs';

const counted = {
  items: 64, time: 'cpu', threshold: 1000,
  counts: ['calls', 'wakeUps', 'copied', 'allocations', 'heap'],
};

const each = (prepare) => async () => {
  const step = prepare(await import('@arena/transport'));
  return { run(items) { for (let item = 0; item < items; item++) step(item); } };
};

const bytes = new Uint8Array(65536).fill(7);
let last;

export const measurements = [
  { name: 'write', ...counted, start: each(({ write }) => () => write(bytes)) },
  { name: 'lease', ...counted, start: each(({ lease }) => () => { last = lease(); }) },
  {
    name: 'units that come together', ...counted,
    start: each(({ write, wake }) => {
      const pipe = openSync('/dev/null', 'w');
      return (item) => { write(bytes); if (item % 16 === 0) wake(pipe); };
    }),
  },
  {
    name: 'start a pass', items: 2, time: 'wall', threshold: 20,
    start: each(({ startPass }) => () => startPass()),
  },
];
`;

let repository: ScratchRepository;
beforeAll(() => {
  repository = new ScratchRepository([
    {
      name: 'transport',
      files: { 'src/index.js': transport, 'perf/transport.perf.js': measurements },
    },
    {
      name: 'pipeline',
      dependencies: ['transport'],
      files: { 'src/index.js': "export { write } from '@arena/transport';\n" },
    },
  ]);
}, LIMIT_MS);
afterEach(() => repository.reset());
afterAll(() => repository[Symbol.dispose]());

const SOURCE = 'packages/transport/src/index.js';

interface Outcome {
  readonly status: number | null;
  readonly slower: readonly string[];
  readonly suspects: readonly string[];
}

/** Replaces `from` by `to` in the transport, and compares one measurement with the commit before. */
function compared(only: string, from: string, to: string, message = 'Change'): Outcome {
  repository.change(SOURCE, from, to, message);
  const { status, stdout, output } = repository.node(
    ...['tools/perf', '--base', 'HEAD~1', '--build=', '--only', only, '--json'],
  );
  expect(stdout, output).toMatch(/^\{/);
  const { rows, suspects } = JSON.parse(stdout);
  const slower = rows
    .filter(({ verdict }: { verdict: string }) => verdict === 'slower')
    .map(({ name, quantity }: { name: string; quantity: string }) => `${name}: ${quantity}`);
  return { status, slower, suspects };
}

describe('a planted slow-down', () => {
  it.each([
    ['a needless copy', 'room.set(bytes);', 'room.set(bytes.slice());', 'write: copied'],
    [
      'a wake-up for every unit',
      'room.set(bytes);',
      "room.set(bytes);\n  writeSync(1, '');",
      'units that come together: wakeUps',
    ],
    ['an extra allocation', 'return { bytes: room', 'return { ...{}, bytes: room', 'lease: heap'],
    [
      'a sleep in the start of a pass',
      'place.at = 0;',
      'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);',
      'start a pass: wall',
    ],
  ])(
    'is caught, with its package: %s',
    (_, from, to, found) => {
      const [only = ''] = found.split(':');
      const { status, slower, suspects } = compared(only, from, to);
      expect(slower).toContain(found);
      expect(suspects).toEqual(['@arena/transport']);
      expect(status).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'passes when a commit accepts it, with the reason',
    () => {
      const message = 'Check the bytes\n\nSlower: @arena/transport: write: they are copied before';
      const [from, to] = ['room.set(bytes);', 'room.set(bytes.slice());'];
      const { status, slower } = compared('write', from, to, message);
      expect(slower).toContain('write: copied');
      expect(status).toBe(0);
    },
    LIMIT_MS,
  );
});

it(
  'passes a change of names, comments and order',
  () => {
    const [from, to] = [
      'room.set(bytes);\n  place.at += 1;',
      '// Counts first.\n  place.at += 1;\n  const all = room;\n  all.set(bytes);',
    ];
    expect(compared('write', from, to)).toEqual({ status: 0, slower: [], suspects: [] });
  },
  LIMIT_MS,
);
