import { unlinkSync } from 'node:fs';
import { listNamedArenas, sweepStaleArenas } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { namedFiles } from '../left-behind.js';
import { failureOf } from '../outcome.js';
import { readRecord } from '../sequence.js';
import type { Stage } from '../stage.js';
import { nextContent } from '../take.js';

export function describeNames(stage: Stage): void {
  it('is found by a process that knows nothing else', async () => {
    const name = stage.name();
    const arena = stage.create({ name });
    const reader = arena.reader();
    const script = stage.script(
      `const arena = Arena.attach({ name: process.argv[1] });
      await arena.writer().write(Uint8Array.of(7));
      arena.close();`,
      { args: [name] },
    );
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(7));
    expect((await script.end).code).toBe(0);
    expect(namedFiles(name)).toHaveLength(1);
  });

  it('is in the handle as well', async () => {
    const arena = stage.create({ name: stage.name() });
    const peer = await stage.peer(arena.handle);
    const reader = arena.reader();
    await peer.call('write', { writer: 1, count: 1, byteLength: 64 });
    expect(readRecord((await nextContent(reader)).bytes).writer).toBe(1);
  });

  it('can be taken once', () => {
    const name = stage.name();
    stage.create({ name });
    const failure = failureOf(() => stage.create({ name }));
    expect(failure.code).toBe('ERR_ARENA_NAME_TAKEN');
    expect(failure.message).toContain(name);
  });

  it('that no arena has is an error', () => {
    const failure = failureOf(() => stage.attach({ name: stage.name() }));
    expect(failure.code).toBe('ERR_ARENA_STALE_HANDLE');
  });

  it('is gone when its arena is closed, and free for another', async () => {
    const name = stage.name();
    const first = stage.create({ name });
    const attached = stage.attach({ name });
    const writer = first.writer();
    const reader = attached.reader();
    await writer.write(Uint8Array.of(1));
    first.close();
    expect(namedFiles(name)).toEqual([]);
    const second = stage.create({ name });
    expect(second.stats().writtenUnits).toBe(0);
    // An attached process keeps the memory of the first arena.
    expect((await nextContent(reader)).bytes).toEqual(Uint8Array.of(1));
    expect(await reader.read()).toBeNull();
    attached.close();
    expect(namedFiles(name)).toHaveLength(1);
  });

  it('stays with the arena that has taken it since', async () => {
    const [here, there] = [stage.name(), stage.name()];
    const first = stage.create({ name: here });
    const peer = await stage.peer();
    await peer.call('create', stage.options({ name: there }));
    // A user removes the files by hand.
    for (const name of [here, there]) unlinkSync(`/dev/shm/arena-${name}`);
    const successors = [here, there].map((name) => stage.create({ name }));
    first.close();
    await peer.callLast('exit', 0);
    for (const [index, name] of [here, there].entries()) {
      const writer = stage.attach({ name }).writer();
      expect(successors[index]?.stats().writers).toBe(1);
      writer.close();
    }
  });

  it('outlives an attachment that closes', async () => {
    const name = stage.name();
    stage.create({ name });
    stage.attach({ name }).close();
    expect(namedFiles(name)).toHaveLength(1);
    stage.attach({ name });
  });

  it('is only the user’s own to open', async () => {
    const name = stage.name();
    stage.create({ name });
    const { statSync } = await import('node:fs');
    expect(statSync(`/dev/shm/arena-${name}`).mode & 0o777).toBe(0o600);
  });

  it('is free for the next when its creator was killed', async () => {
    const name = stage.name();
    const creator = await stage.peer();
    await creator.call('create', stage.options({ name }));
    await creator.kill();
    expect(namedFiles(name)).toHaveLength(1);
    const next = stage.create({ name });
    expect(next.stats().writtenUnits).toBe(0);
  });

  it('stays taken while a process uses the arena of a killed creator', async () => {
    const name = stage.name();
    const creator = await stage.peer();
    await creator.call('create', stage.options({ name }));
    const attached = stage.attach({ name });
    await creator.kill();
    expect(failureOf(() => stage.create({ name })).code).toBe('ERR_ARENA_NAME_TAKEN');
    expect(sweepStaleArenas()).not.toContain(name);
    const peer = await stage.peer({ name });
    const reader = attached.reader();
    await peer.call('write', { writer: 1, count: 1, byteLength: 64 });
    await nextContent(reader);
    await peer.end();
    attached.close();
    expect(sweepStaleArenas()).toContain(name);
    expect(namedFiles(name)).toEqual([]);
  });

  it.each([
    ['process.exit()', 'process.exit(0)', 0],
    ['its own end', '', 0],
    ['an uncaught error', 'throw new Error("on purpose")', 1],
  ])('is gone after its creator ended by %s', async (_, ending, code) => {
    const name = stage.name();
    const script = stage.script(
      `const arena = Arena.create({ ...JSON.parse(process.argv[1]) });
      arena.writer();
      ${ending}`,
      { args: [JSON.stringify(stage.options({ name }))] },
    );
    expect((await script.end).code).toBe(code);
    expect(namedFiles(name)).toEqual([]);
  });

  it('is listed with its creator, and whether the creator lives', async () => {
    const name = stage.name();
    const creator = await stage.peer();
    await creator.call('create', stage.options({ name }));
    const entry = () => listNamedArenas().find((arena) => arena.name === name);
    expect(entry()).toMatchObject({
      creatorPid: creator.pid,
      creatorAlive: true,
      attached: true,
      compatible: true,
    });
    expect(entry()?.byteLength).toBeGreaterThan(4 * 4096);
    await creator.kill();
    expect(entry()).toMatchObject({ creatorAlive: false, attached: false });
    expect(sweepStaleArenas()).toContain(name);
    expect(entry()).toBeUndefined();
  });
}
