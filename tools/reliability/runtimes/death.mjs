/** A process that is killed is noticed, and its units are given up. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SegmentPool } from '@arena/transport-pool';

if (process.argv[2] === undefined) {
  const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 3, writers: 1 });
  const child = fork(fileURLToPath(import.meta.url), [pool.handle]);
  const reader = pool.reader();
  const first = await reader.read();
  assert.equal(first.bytes[0], 1);
  first.release();
  child.kill('SIGKILL');
  await assert.rejects(reader.read(), { code: 'ERR_ARENA_PEER_LOST' });
  pool.close();
  console.log('works');
} else {
  const writer = SegmentPool.attach(process.argv[2]).writer();
  await writer.write(new Uint8Array(16).fill(1));
  writer.tryAcquire(16);
  setInterval(() => {}, 1000);
}
