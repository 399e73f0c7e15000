/** A runtime that views fewer bytes at once than a unit has, as Node.js 20 does from 4 GiB on. */
import { Script } from '@arena/testkit';
import { afterEach, expect, it } from 'vitest';
import { SegmentPool } from '../dist/index.js';

const limit = 100_000;

let pool: SegmentPool | undefined;
afterEach(() => pool?.close());

/** Prints what `text` leaves in `found`, in a process that views at most `limit` bytes. */
async function foundBy(text: string, ...args: string[]): Promise<unknown> {
  const module = JSON.stringify(import.meta.resolve('@arena/transport-pool'));
  await using script = new Script(
    `import { SegmentPool } from ${module};
    const codeOf = (call) => { try { return call(); } catch (error) { return error.code; } };
    let found;
    ${text}
    console.log(JSON.stringify(found));`,
    { args, env: { ARENA_MAX_VIEW_BYTES: String(limit) } },
  );
  return JSON.parse(await script.line());
}

it('makes no pool whose units it could not view', async () => {
  const found = await foundBy(
    `found = codeOf(() => SegmentPool.create({ segmentSize: ${limit + 1}, segmentCount: 1 }));`,
  );
  expect(found).toBe('ERR_ARENA_INVALID_ARGUMENT');
});

it('opens and reads no unit of another pool that it could not view', async () => {
  pool = SegmentPool.create({ segmentSize: 2 * limit, segmentCount: 3 });
  const writer = pool.writer();
  writer.tryWrite(new Uint8Array(limit + 1).fill(7));
  const found = await foundBy(
    `const pool = SegmentPool.attach(process.argv[1]);
    const writer = pool.writer();
    const reader = pool.reader();
    found = [
      pool.maxUnitBytes,
      codeOf(() => writer.tryAcquire(${limit + 1})),
      codeOf(() => reader.tryRead()),
      codeOf(() => reader.tryReadMany(3)),
      writer.tryAcquire(${limit})?.bytes.byteLength,
    ];`,
    pool.handle,
  );
  const tooLarge = 'ERR_ARENA_UNIT_TOO_LARGE';
  expect(found).toEqual([limit, tooLarge, tooLarge, tooLarge, limit]);
  const lease = pool.reader().tryRead();
  expect([lease?.bytes.byteLength, lease?.bytes[limit]]).toEqual([limit + 1, 7]);
  lease?.release();
});
