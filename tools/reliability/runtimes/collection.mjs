/** A forgotten lease comes back when the garbage collector finds it. */
import assert from 'node:assert/strict';
import { SegmentPool } from '@arena/transport-pool';

const collect = globalThis.gc ?? globalThis.Bun?.gc;
const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 2 });
const writer = pool.writer();
const reader = pool.reader();
const forget = async () => {
  await writer.write(new Uint8Array(4096));
  await reader.read();
};
await forget();
await forget();
for (let tries = 0; tries < 100; tries++) {
  collect(true);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
assert.ok(writer.tryAcquire(4096), 'both segments are still held');
pool.close();
console.log('works');
