/** A thread uses the arena of another one, and blocks in it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SegmentPool } from '@arena/transport-pool';

const pool = SegmentPool.create({ segmentSize: 4096, segmentCount: 4 });
const source = (body) => `
  import('${import.meta.resolve('@arena/transport-pool')}').then(async ({ SegmentPool }) => {
    const { parentPort, workerData } = require('node:worker_threads');
    const reader = SegmentPool.attach(workerData).reader();
    ${body}
  });`;
const start = (body) => new Worker(source(body), { eval: true, workerData: pool.handle });

const blocking = start(`
  parentPort.postMessage('ready');
  const lease = reader.readSync();
  parentPort.postMessage(lease.bytes.length);
  lease.release();
  reader.close();`);
await once(blocking, 'message');
pool.writer().writeSync(new Uint8Array(100));
const [length] = await once(blocking, 'message');
assert.equal(length, 100);
await blocking.terminate();

pool.close();
console.log('works');
