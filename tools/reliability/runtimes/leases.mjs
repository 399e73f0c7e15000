/** Units are written, read where they lie, and released. */
import assert from 'node:assert/strict';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';

const pool = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 2 });
const poolWriter = pool.writer();
const poolReader = pool.reader();
poolWriter.writeSync(new Uint8Array(2 ** 20).fill(7), { envelope: new Uint8Array([1, 2]) });
const lease = poolReader.readSync();
assert.equal(lease.bytes.length, 2 ** 20);
assert.ok(lease.bytes.every((byte) => byte === 7));
assert.deepEqual([...lease.envelope], [1, 2]);
const { zeroCopy } = lease;
lease.release();
assert.equal(lease.bytes.length, 0);
pool.close();

const ring = RingBuffer.create({ capacity: 2 ** 16 });
const reader = ring.reader();
const writer = ring.writer();
for (let round = 0; round < 100; round++) {
  const unit = writer.tryAcquire(4096);
  unit.bytes.fill(round);
  unit.commit();
  const read = reader.tryRead();
  assert.ok(read.bytes.every((byte) => byte === round));
  read.release();
}
ring.close();
console.log(zeroCopy ? 'works without a copy' : 'works with a copy');
