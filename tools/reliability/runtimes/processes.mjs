/** A forked process writes, and this one reads without polling. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SegmentPool } from '@arena/transport-pool';

const units = 50;
if (process.argv[2] === undefined) {
  const pool = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 3, writers: 1 });
  const child = fork(fileURLToPath(import.meta.url), [pool.handle]);
  let count = 0;
  for await (const lease of pool.reader()) {
    assert.equal(lease.bytes[0], count);
    assert.equal(lease.bytes.at(-1), count);
    lease.release();
    count++;
  }
  assert.equal(count, units);
  pool.close();
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(child.exitCode, 0);
  console.log('works');
} else {
  const pool = SegmentPool.attach(process.argv[2]);
  const writer = pool.writer();
  for (let n = 0; n < units; n++) await writer.write(new Uint8Array(2 ** 20).fill(n));
  pool.close();
  process.disconnect?.();
}
