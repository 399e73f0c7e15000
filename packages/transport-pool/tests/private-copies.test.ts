/** Some runtimes allow no ArrayBuffer over foreign memory (Electron): there everything is copied. */
import { describeTransport, nextContent, placesOf, Stage } from '@arena/testkit';
import { describe, expect, it, vi } from 'vitest';
import { pool } from './pool.js';

// Before the imports: the addon reads it once, when it is loaded. Peers inherit it.
vi.hoisted(() => {
  process.env.ARENA_NO_EXTERNAL_BUFFERS = '1';
});

const copyingPool = { ...pool, name: 'pool without views', zeroCopy: false };

describeTransport(copyingPool, [
  'units',
  'reading',
  'leases',
  'moving the memory of',
  'a unit that native code fills',
  'waiting',
  'closing',
  'stats',
  'garbage collection',
]);

describe('a unit opened without a view', () => {
  const stage = new Stage(copyingPool);

  it('reaches shared memory when it is committed', async () => {
    const { writer, reader } = stage.pair();
    const pattern = new Uint8Array(256).fill(0xd1);
    const unit = await writer.acquire(256);
    unit.bytes.set(pattern);
    expect(placesOf(pattern)).toEqual([]);
    unit.commit();
    expect(placesOf(pattern)).toHaveLength(1);
    expect((await nextContent(reader)).bytes).toEqual(pattern);
  });
});
