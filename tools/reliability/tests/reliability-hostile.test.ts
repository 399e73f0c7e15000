import {
  closeSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { arenaErrorCodes } from '@arena/shm-core';
import { Stage } from '@arena/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { endureHostilities } from '../hostile/hostilities.js';
import { partsOf, pathBehind } from '../hostile/parts.js';
import { shapeNames } from '../storm/shapes.js';
import { pool } from './transports.js';

/** Far more than a user of arenas of a few MiB needs, and far less than a damaged length could ask for. */
const muchMiB = 500;

/** `node tools/reliability/hostile-peer.js` runs longer, and with other seeds. */
describe.each(shapeNames)('a peer that rewrites a %s', (shape) => {
  it.each([
    ['while it is used', 0, 1000],
    ['between its uses', 4, 600],
  ])('%s gets no further than an error', async (_, pauseMs, milliseconds) => {
    const seed = 20_260_102;
    const endured = await endureHostilities({ shape, seed, milliseconds, pauseMs });
    expect(endured).toMatchObject({ broken: undefined, code: 0, signal: null });
    const { done, ERR_ARENA_CORRUPT, ...others } = endured.outcomes;
    expect(done).toBeGreaterThan(0);
    expect(ERR_ARENA_CORRUPT).toBeGreaterThan(0);
    expect(Object.keys(arenaErrorCodes)).toEqual(expect.arrayContaining(Object.keys(others)));
    expect(endured.privateMiB).toBeLessThan(muchMiB);
  });
});

describe('a region', () => {
  /** Runs before the stage checks for left resources. */
  const copies: string[] = [];
  const stage = new Stage(pool);
  afterEach(() => {
    for (const copy of copies.splice(0)) rmSync(copy);
  });

  it('whose unit can never be taken lets a blocking read wait instead of look for ever', () => {
    const { arena, writer, reader } = stage.pair();
    writer.writeSync(new Uint8Array(100));
    const fd = openSync(pathBehind(arena.handle), 'r+');
    const cells = partsOf(fd).find(({ name }) => name === 'cells');
    // The turn in the upper half of Cell::taker.
    writeSync(fd, Buffer.from([9, 9, 9, 9]), 0, 4, (cells?.start ?? 0) + 16 + 4);
    closeSync(fd);
    const { native } = reader as unknown as { native: { wait(): number } };
    const waits = vi.spyOn(native, 'wait');
    expect(() => reader.readSync({ timeoutMs: 250 })).toThrow(
      expect.objectContaining({ code: 'ERR_ARENA_TIMEOUT' }),
    );
    expect(waits.mock.calls.length).toBeLessThan(10);
  });

  it('of a single file cannot be shrunk under its users', () => {
    const { arena } = stage.pair();
    expect(() => truncateSync(pathBehind(arena.handle), 4096)).toThrow('EPERM');
  });

  it('whose file has holes is refused, however large it says it is', () => {
    const name = stage.name();
    const { arena } = stage.pair({ name });
    const header = Buffer.alloc(4096);
    const fd = openSync(pathBehind(arena.handle), 'r');
    readSync(fd, header, 0, header.length, 0);
    closeSync(fd);
    const copy = `${name}-copy`;
    const path = `/dev/shm/arena-${copy}`;
    copies.push(path);
    writeFileSync(path, header, { mode: 0o600 });
    truncateSync(path, Number(header.readBigUInt64LE(16)));
    expect(() => stage.attach({ name: copy })).toThrow(
      expect.objectContaining({
        code: 'ERR_ARENA_INCOMPATIBLE',
        message: expect.stringMatching('holes'),
      }),
    );
  });
});
