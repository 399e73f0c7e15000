import { expect, it } from 'vitest';
import { failureOf } from '../outcome.js';
import { makeRecord, readRecord } from '../sequence.js';
import type { Stage } from '../stage.js';
import { nextContent } from '../take.js';

/** Replaces one of the fields between the colons of a handle. */
function withField(handle: string, at: number, value: string | ((old: string) => string)): string {
  const fields = handle.split(':');
  fields[at] = typeof value === 'string' ? value : value(fields[at] ?? '');
  return fields.join(':');
}

/** Places in arena:1:fd:<pid>:<descriptor>:<start time>:<nonce> */
const field = { pid: 3, descriptor: 4, startTime: 5, nonce: 6 } as const;

export function describeHandles(stage: Stage): void {
  it('is short text that survives an argument, a variable and a line', () => {
    const { handle } = stage.create();
    expect(handle).toMatch(/^[\w.:-]{8,120}$/);
  });

  it('attaches to the same memory', async () => {
    const arena = stage.create();
    const attached = stage.attach(arena.handle);
    expect([attached.kind, attached.maxUnitBytes]).toEqual([arena.kind, arena.maxUnitBytes]);
    const reader = attached.reader();
    await arena.writer().write(Uint8Array.of(1));
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
  });

  it.each(['argument', 'variable'])('attaches a process that got it as an %s', async (way) => {
    const arena = stage.create();
    const script = stage.script(
      `const arena = Arena.attach(process.env.HANDLE ?? process.argv[1]);
      await arena.writer().write(Uint8Array.of(42));
      console.log('written');
      arena.close();`,
      way === 'variable' ? { env: { HANDLE: arena.handle } } : { args: [arena.handle] },
    );
    const reader = arena.reader();
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(42));
    expect((await script.end).code).toBe(0);
  });

  it('of any attached process leads to the arena, after the creator is gone', async () => {
    const creator = await stage.peer();
    const handle = await creator.call('create', stage.options());
    const here = stage.attach(handle);
    await creator.call('openWriter');
    await creator.end();
    expect(failureOf(() => stage.attach(handle)).code).toBe('ERR_ARENA_STALE_HANDLE');
    const third = await stage.peer(here.handle);
    const reader = here.reader();
    await third.call('write', { writer: 3, count: 1, byteLength: 100 });
    expect(readRecord((await nextContent(reader)).bytes)).toEqual({ writer: 3, sequence: 0 });
  });

  it.each([
    '',
    'arena',
    'arena:1:',
    'arena:1:fd:',
    'arena:1:fd:1:2:3',
    'arena:1:fd:1:2:3:4:5',
    'arena:1:fd:0:3:1:1',
    'arena:1:fd:-5:3:1:1',
    'arena:1:fd:5:-3:1:1',
    'arena:1:fd:5:3:1:xyz',
    'arena:1:fd: 5:3:1:1',
    'arena:1:fd:99999999999999999999:3:1:1',
    'arena:2:fd:5:3:1:1',
    'arena:1:name:',
    'arena:1:name:a/b',
    `arena:1:name:${'x'.repeat(300)}`,
    'ARENA:1:fd:5:3:1:1',
    '\0',
  ])('that is malformed is refused and shown: %j', (handle) => {
    const failure = failureOf(() => stage.attach(handle));
    expect(failure.code).toBe('ERR_ARENA_HANDLE');
    expect(failure.message).toContain('malformed arena handle');
  });

  it('that was cut off or added to is refused', () => {
    const { handle } = stage.create();
    for (const wrong of [
      handle.slice(0, handle.lastIndexOf(':')),
      `${handle}:1`,
      `${handle} `,
      ` ${handle}`,
    ]) {
      expect(failureOf(() => stage.attach(wrong)).code).toBe('ERR_ARENA_HANDLE');
    }
  });

  it('of a closed arena is stale', () => {
    const arena = stage.create();
    const { handle } = arena;
    arena.close();
    expect(failureOf(() => stage.attach(handle)).code).toBe('ERR_ARENA_STALE_HANDLE');
  });

  it('of a closed arena is stale also where another has taken its descriptor', () => {
    const arena = stage.create();
    const { handle } = arena;
    arena.close();
    const descriptor = handle.split(':')[field.descriptor] ?? '';
    const next = Array.from({ length: 8 }, () => stage.create());
    const reused = next.some((other) => other.handle.split(':')[field.descriptor] === descriptor);
    expect(reused).toBe(true);
    expect(failureOf(() => stage.attach(handle)).code).toBe('ERR_ARENA_STALE_HANDLE');
  });

  it('of a process that has ended is stale', async () => {
    const creator = await stage.peer();
    const handle = await creator.call('create', stage.options());
    const { pid } = creator;
    await creator.kill();
    const failure = failureOf(() => stage.attach(handle));
    expect(failure.code).toBe('ERR_ARENA_STALE_HANDLE');
    expect(failure.message).toContain(String(pid));
  });

  it('that means another process, descriptor, start or arena is stale', () => {
    const { handle } = stage.create();
    const wrongs = [
      withField(handle, field.pid, '1'),
      withField(handle, field.pid, '4194303'),
      withField(handle, field.descriptor, '0'),
      withField(handle, field.descriptor, '2147483647'),
      withField(handle, field.startTime, (time) => String(Number(time) + 1)),
      withField(handle, field.nonce, (nonce) =>
        nonce.replace(/^./, (c) => (c === '0' ? '1' : '0')),
      ),
    ];
    for (const wrong of wrongs) {
      expect(failureOf(() => stage.attach(wrong)).code, wrong).toBe('ERR_ARENA_STALE_HANDLE');
    }
  });

  it('that fails leaves nothing open', () => {
    const { handle } = stage.create();
    const before = stage.descriptorCount();
    for (let round = 0; round < 20; round++) {
      failureOf(() => stage.attach(withField(handle, field.nonce, '0')));
      failureOf(() => stage.attach(withField(handle, field.descriptor, '0')));
    }
    expect(stage.descriptorCount()).toBe(before);
  });

  it('lets one process attach many times', async () => {
    const arena = stage.create({ maxPeers: 8 });
    const attached = Array.from({ length: 4 }, () => stage.attach(arena.handle));
    const readers = attached.map((other) => other.reader());
    const writer = arena.writer();
    const units = stage.transport.broadcast ? 1 : readers.length;
    for (let sequence = 0; sequence < units; sequence++) {
      await writer.write(makeRecord(64, { writer: 0, sequence }));
    }
    for (const reader of readers) await nextContent(reader);
    expect(arena.stats()).toMatchObject({ readers: 4, writers: 1, readUnits: 4 });
  });

  it('gives way to an error when every place for a writer or reader is taken', async () => {
    const arena = stage.create({ maxPeers: 2 });
    const writer = arena.writer();
    arena.reader();
    const failure = failureOf(() => arena.reader());
    expect(failure.code).toBe('ERR_ARENA_TOO_MANY_PEERS');
    expect(failure.message).toMatch(/2 .*maxPeers/);
    writer.close();
    arena.writer();
  });
}
