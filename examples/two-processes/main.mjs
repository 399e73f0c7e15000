import { fork } from 'node:child_process';
import { SegmentPool } from '@arena/transport-pool';

if (process.argv[2]) {
  const writer = SegmentPool.attach(process.argv[2]).writer();
  for (let frame = 0; frame < 100; frame++) {
    const unit = await writer.acquire(32 << 20); // waits while all segments are in use
    unit.bytes.fill(frame); // shared memory, filled in place
    unit.commit();
  }
  writer.close();
} else {
  const pool = SegmentPool.create({ segmentSize: 32 << 20, segmentCount: 5 });
  fork(import.meta.filename, [pool.handle]);
  for await (const lease of pool.reader()) {
    console.log(lease.bytes[0]); // the same memory: no copy
    lease.release();
  }
}
