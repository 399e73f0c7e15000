import type { Reader, Writer } from '@arena/shm-core';
import { failureOf, Stage } from '@arena/testkit';
import { RingBuffer, type RingBufferOptions } from '@arena/transport-ring';
import { describe, expect, it } from 'vitest';
import { ring } from './ring.js';

const bytes = (count: number) => new Uint8Array(count);

type Use = (ends: { writer: Writer; reader: Reader }) => void;

const write =
  (unit: Uint8Array, count: number): Use =>
  ({ writer }) => {
    for (let written = 0; written < count; written++) writer.writeSync(unit);
  };

/** Writes without a reader, and then reads. */
const fallBehind =
  (unit: Uint8Array, count: number): Use =>
  (ends) => {
    write(unit, count)(ends);
    ends.reader.readSync();
  };

const [full, tooLarge, lapped] = [
  'ERR_ARENA_FULL',
  'ERR_ARENA_UNIT_TOO_LARGE',
  'ERR_ARENA_LAPPED',
] as const;
const overwrite = { whenFull: 'overwrite' } as const;

/** Calls that a ring refuses, and the option that the error names. */
const refused: [string, RingBufferOptions, Use, string, keyof RingBufferOptions][] = [
  ['more than its bytes', { capacity: 4096 }, write(bytes(1000), 5), full, 'capacity'],
  [
    'more records than it has',
    { capacity: 65536, maxRecords: 4 },
    write(bytes(1), 5),
    full,
    'maxRecords',
  ],
  ['more than its slots', { slots: 4, slotBytes: 100 }, write(bytes(1), 5), full, 'slots'],
  ['a unit larger than itself', { capacity: 4096 }, write(bytes(5000), 1), tooLarge, 'capacity'],
  [
    'a unit larger than a slot',
    { slots: 4, slotBytes: 100 },
    write(bytes(101), 1),
    tooLarge,
    'slotBytes',
  ],
  [
    'an envelope that makes a unit larger than a slot',
    { slots: 4, slotBytes: 100 },
    ({ writer }) => writer.writeSync(bytes(50), { envelope: bytes(90) }),
    tooLarge,
    'slotBytes',
  ],
  [
    'a reader without bytes left',
    { capacity: 4096, ...overwrite },
    fallBehind(bytes(1000), 5),
    lapped,
    'capacity',
  ],
  [
    'a reader without records left',
    { capacity: 65536, maxRecords: 4, ...overwrite },
    fallBehind(bytes(1), 5),
    lapped,
    'maxRecords',
  ],
  [
    'a reader without slots left',
    { slots: 4, slotBytes: 100, ...overwrite },
    fallBehind(bytes(1), 5),
    lapped,
    'slots',
  ],
];

describe('a ring', () => {
  const stage = new Stage(ring);
  const open = (options: RingBufferOptions) => {
    const arena = stage.keep(RingBuffer.create(options));
    return { reader: arena.reader(), writer: arena.writer() };
  };

  it.each(refused)(
    'that refuses %s names the option that helps',
    (_, options, use, code, option) => {
      const failure = failureOf(() => use(open(options)));
      expect(failure.code).toBe(code);
      expect(failure.message.match(/(?:[Rr]aise|larger) (\w+)/)?.[1]).toBe(option);
      use(open({ ...options, [option]: 2 * (options[option] as number) }));
    },
  );

  it.each(['reader', 'writer'] as const)('whose %s is closed opens another', (role) => {
    const arena = stage.keep(RingBuffer.create({ capacity: 4096 }));
    const use = (end: Reader | Writer) => ('read' in end ? end.tryRead() : end.tryWrite(bytes(1)));
    const end = arena[role]();
    end.close();
    const { code, message } = failureOf(() => use(end));
    expect(code).toBe('ERR_ARENA_CLOSED');
    expect(message).toContain(`the ${role} is closed. Open another with arena.${role}()`);
    use(arena[role]());
  });

  it.each(['reader', 'writer'] as const)(
    'that is closed does not advise to open another %s of it',
    async (role) => {
      const arena = RingBuffer.create({ capacity: 4096, whenFull: 'wait' });
      const { reader, writer } = { reader: arena.reader(), writer: arena.writer() };
      const use = () => (role === 'reader' ? reader.read() : writer.write(bytes(4096)));
      if (role === 'writer') await use();
      const waiting = use().catch((error: unknown) => error);
      arena.close();
      const message = 'the arena is closed. Create or attach another.';
      expect(await waiting).toMatchObject({ code: 'ERR_ARENA_CLOSED', message });
      await expect(use()).rejects.toMatchObject({ code: 'ERR_ARENA_CLOSED', message });
    },
  );

  it('with too many slots names the slots in its error', () => {
    const { message } = failureOf(() => RingBuffer.create({ slots: 2 ** 26, slotBytes: 2 ** 30 }));
    expect(message).toContain(
      'got 67108864 of 1073741824 bytes. Use fewer slots, or smaller ones.',
    );
  });

  it('says when records and not bytes are missing', () => {
    const { message } = failureOf(() =>
      write(bytes(1), 5)(open({ capacity: 65536, maxRecords: 4 })),
    );
    expect(message).toContain('need 1 bytes and a record, 65280 bytes and 0 of 4 records free');
  });

  it('whose writers have died serves a writer that attaches, as its error says', async () => {
    const arena = stage.create();
    const reader = arena.reader();
    const peer = await stage.peer(arena.handle);
    await peer.call('openWriter');
    await peer.kill();
    const failure = await reader.read().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ERR_ARENA_PEER_LOST' });
    expect((failure as Error).message).toContain('Attach a writer and read again.');
    arena.writer().writeSync(Uint8Array.of(7));
    expect(reader.readSync()?.bytes).toEqual(Uint8Array.of(7));
  });
});
