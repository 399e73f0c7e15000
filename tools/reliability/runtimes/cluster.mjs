/** Workers of a cluster write, and the primary reads. */
import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { SegmentPool } from '@arena/transport-pool';

const workers = 2;
if (cluster.isPrimary) {
  const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 4, writers: workers });
  for (let n = 1; n <= workers; n++) cluster.fork({ POOL: pool.handle, NUMBER: String(n) });
  let sum = 0;
  for await (const lease of pool.reader()) {
    sum += lease.bytes[0];
    lease.release();
  }
  assert.equal(sum, 10 * (1 + 2));
  pool.close();
  cluster.disconnect();
  console.log('works');
} else {
  const pool = SegmentPool.attach(process.env.POOL);
  const writer = pool.writer();
  const value = Number(process.env.NUMBER);
  for (let n = 0; n < 10; n++) await writer.write(new Uint8Array(4096).fill(value));
  pool.close();
}
